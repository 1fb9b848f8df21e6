import { once } from "node:events";
import net from "node:net";
import express from "express";
import { expect, it } from "vitest";
import { send } from "../src/responses.ts";
import { close, createServer, listen } from "../src/server.ts";

/** A server whose answers are made when the test says so, in the order in which they were asked for. */
async function openServer() {
  const app = express();
  const asked: (() => void)[] = [];
  app.get("/:name", (request, response) => {
    asked.push(() => send(response, 200, "text/plain", request.params.name, {}));
  });
  const server = createServer(app);
  return { server, asked, url: new URL(await listen(server, "127.0.0.1", 0)) };
}

function ask(url: URL, name: string) {
  const socket = net.connect(Number(url.port), url.hostname);
  socket.setEncoding("utf8").write(`GET /${name} HTTP/1.1\r\nhost: a\r\n\r\n`);
  return socket;
}

it("sends what was answered in one turn of the event loop at its end, to each its own", async () => {
  const { server, asked, url } = await openServer();
  const clients = ["a", "b", "c"].map((name) => ({ name, socket: ask(url, name) }));
  await expect.poll(() => asked.length).toBe(3);
  const told = clients.map(({ socket }) => once(socket, "data"));
  for (const answer of asked) answer();
  for (const [index, { name, socket }] of clients.entries()) {
    const [text] = (await told[index]) as [string];
    expect(text.endsWith(`\r\n\r\n${name}`)).toBe(true);
    socket.destroy();
  }
  await close(server);
});

it("serves the others of a turn where one of them has left", async () => {
  const { server, asked, url } = await openServer();
  const [gone, there] = [ask(url, "gone"), ask(url, "there")];
  await expect.poll(() => asked.length).toBe(2);
  const told = once(there, "data");
  const connections = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  gone.destroy();
  await expect.poll(connections).toBe(1);
  for (const answer of asked) answer();
  expect((await told)[0]).toMatch(/there$/);
  there.destroy();
  await close(server);
});

it("sends what was answered before the server is told to close", async () => {
  const { server, asked, url } = await openServer();
  const client = ask(url, "last");
  await expect.poll(() => asked.length).toBe(1);
  const told = once(client, "data");
  for (const answer of asked) answer();
  const closed = close(server);
  expect((await told)[0]).toMatch(/last$/);
  await closed;
});
