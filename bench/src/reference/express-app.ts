/**
 * A bare Express app: reads the JSON that comes, and answers JSON. It does nothing else, and nothing that nobody asked for:
 * Express's ETags of every answer are off.
 */
import express from "express";
import { answerOf, serve } from "./answer.ts";

const { status, body } = answerOf(process.env);
const app = express();
app.disable("x-powered-by");
app.set("etag", false);
app.post("/v1/sales/:sale/checkouts", express.json(), (request, response) => {
  if (!Array.isArray(request.body.items)) throw new Error("no items were sent");
  response.status(status).json(body);
});
app.get("/v1/tickets/:ticket", (_request, response) => {
  response.status(status).json(body);
});
serve(app);
