import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import express from "express";
import { expect, it } from "vitest";
import { close, createServer, emptied, listen } from "../src/server.ts";

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

it("serves those who still come while its clients leave, and waits for nobody who is gone", async () => {
  const app = express();
  app.get("/", (_request, response) => void response.setHeader("connection", "close").json({}));
  const server = createServer(app);
  const url = await listen(server, "127.0.0.1", 0);
  const ask = () => fetch(url).then((response) => response.status);
  const socket = net.connect(Number(new URL(url).port), "127.0.0.1");
  await once(server, "connection");
  let empty = false;
  const leaving = emptied(server, 60_000).then(() => {
    empty = true;
  });
  expect(await ask()).toBe(200);
  expect(empty).toBe(false);
  socket.end();
  await leaving;
  expect(await ask()).toBe(200);
  await close(server);
});

it("does not wait longer than it may for clients that stay, and cuts off those who never say a thing", async () => {
  const server = createServer(express());
  const url = await listen(server, "127.0.0.1", 0);
  const socket = net.connect(Number(new URL(url).port), "127.0.0.1");
  await once(server, "connection");
  const cut = once(socket.resume(), "close");
  await emptied(server, 100);
  expect(socket.destroyed).toBe(false);
  await Promise.all([close(server), cut]);
});
