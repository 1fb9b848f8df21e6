/** The same on node:http alone: what no framework can be faster than. */
import type { ServerResponse } from "node:http";
import { answerOf, serve } from "./answer.ts";

const { status, body } = answerOf(process.env);

serve((request, response) => {
  if (request.method === "GET") {
    answer(response);
    return;
  }
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => (text += chunk));
  request.on("end", () => {
    if (!Array.isArray(JSON.parse(text).items)) throw new Error("no items were sent");
    answer(response);
  });
});

function answer(response: ServerResponse): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
