/** A bare Express app as anybody would write it: reads the JSON that comes, and answers JSON. It does nothing else. */
import express from "express";
import { answerOf, serve } from "./answer.ts";

const { status, body } = answerOf(process.env);
const app = express();
app.post("/v1/sales/:sale/checkouts", express.json(), (request, response) => {
  if (!Array.isArray(request.body.items)) throw new Error("no items were sent");
  response.status(status).json(body);
});
app.get("/v1/tickets/:ticket", (_request, response) => {
  response.status(status).json(body);
});
serve(app);
