import http from "node:http";
import express from "express";
import { expect, it } from "vitest";
import { close, createServer, listen } from "../src/server.ts";

it("closes while a client keeps its connection after an answer that was under way", async () => {
  const app = express();
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    app.get("/slow", (_request, response) => {
      answer = () => void response.json({});
      resolve();
    });
  });
  const server = createServer(app);
  const url = await listen(server, "127.0.0.1", 0);
  const agent = new http.Agent({ keepAlive: true });
  const reply = new Promise<number | undefined>((resolve, reject) => {
    const request = http.get(`${url}/slow`, { agent }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    request.on("error", reject);
  });
  await asked;
  const closed = close(server);
  answer();
  expect(await reply).toBe(200);
  await closed;
  agent.destroy();
});
