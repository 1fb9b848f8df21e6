import { once } from "node:events";
import net from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { close, createServer, listen } from "../src/server.ts";
import { eventOf, type Stream, Streams } from "../src/streams.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

let streams: Streams;
let opened: Stream[];
/** What requests for streams were answered with, as long as anybody keeps it. */
let kept: WeakRef<object>[];
let finishSlow: () => void;
let url: string;
let stop: () => Promise<void>;
beforeEach(async () => {
  streams = new Streams({ max: 10, random: () => 0 });
  [opened, kept, finishSlow] = [[], [], () => undefined];
  const app = express();
  app.get("/events", (request, response) => {
    kept.push(new WeakRef(request), new WeakRef(response));
    const stream = streams.open(response, eventOf("snapshot", "0", {}));
    if (stream) opened.push(stream);
  });
  app.get("/slow", (_request, response) => {
    finishSlow = () => void response.end("at last");
  });
  app.use((_request, response) => void response.writeHead(404).end("nothing here"));
  const server = createServer(app);
  url = await listen(server, "127.0.0.1", 0);
  stop = () => {
    streams.close();
    finishSlow();
    return close(server);
  };
});
afterEach(() => stop());

/** A connection on which `text` was sent. */
async function say(text: string) {
  const socket = net.connect(Number(new URL(url).port), "127.0.0.1");
  let [received, closed] = ["", false];
  socket.on("data", (chunk) => (received += String(chunk)));
  socket.on("close", () => {
    closed = true;
  });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(text);
  return {
    socket,
    say: (more: string) => socket.write(more),
    received: () => received,
    statuses: () => [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status)),
    closed: () => closed,
  };
}

const ask = (path: string, headers = "", method = "GET") => `${method} ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const isKept = () => {
  collectGarbage();
  return kept.some((reference) => reference.deref() !== undefined);
};

describe("a stream of events", () => {
  it("keeps neither its request nor its response, and goes on", async () => {
    const clients = [await say(ask("/events")), await say(ask("/EVENTS/?a=b"))];
    for (const client of clients) await expect.poll(client.received).toMatch(/200 OK.*\r\n\r\nretry: 2000\n.*\n\n$/s);
    expect(kept).toHaveLength(4);
    await expect.poll(isKept).toBe(false);
    for (const stream of opened) stream.send(eventOf("later", "1", {}));
    for (const client of clients) await expect.poll(client.received).toMatch(/event: later\ndata: {}\n\n$/);
  });

  it("is one on a connection that has answered before", async () => {
    const client = await say(ask("/other"));
    await expect.poll(client.received).toContain("nothing here");
    client.say(ask("/events"));
    await expect.poll(client.received).toContain("event: snapshot");
    expect(client.statuses()).toEqual([404, 200]);
    await expect.poll(isKept).toBe(false);
  });

  it.each([
    ["hangs up", (socket: net.Socket) => socket.destroy()],
    ["says that it is done", (socket: net.Socket) => socket.end()],
    ["breaks off", (socket: net.Socket) => socket.resetAndDestroy()],
  ])("is over when its client %s", async (_how, leave) => {
    const client = await say(ask("/events"));
    await expect.poll(() => streams.size).toBe(1);
    leave(client.socket);
    await expect.poll(() => streams.size).toBe(0);
  });

  it("closes its connection when it has said its last, though its client stays", async () => {
    const client = await say(ask("/events"));
    await expect.poll(() => opened.length).toBe(1);
    opened[0]?.send(eventOf("last", "1", {}));
    opened[0]?.end();
    await expect.poll(client.closed).toBe(true);
    expect(client.received()).toMatch(/event: last\ndata: {}\n\n$/);
    expect(streams.size).toBe(0);
  });

  it("is all that is answered on its connection", async () => {
    const client = await say(ask("/events") + ask("/other"));
    await expect.poll(client.received).toContain("event: snapshot");
    client.say(ask("/other"));
    client.say("what is no request at all\r\n\r\n");
    const another = await say(ask("/other"));
    await expect.poll(another.received).toContain("nothing here");
    opened[0]?.send(eventOf("later", "1", {}));
    await expect.poll(client.received).toContain("event: later");
    expect(client.statuses()).toEqual([200]);
  });
});

describe("a request for events", () => {
  it("that is refused ends its connection", async () => {
    const client = await say(ask("/nowhere/events"));
    await expect.poll(client.closed).toBe(true);
    expect(client.statuses()).toEqual([404]);
    expect(client.received()).toMatch(/connection: close/i);
    expect(client.received()).toContain("nothing here");
  });

  it("before the answer to another has come loses the connection, and nobody else does", async () => {
    const client = await say(ask("/slow"));
    const another = await say(ask("/events"));
    await expect.poll(another.received).toContain("event: snapshot");
    client.say(ask("/events"));
    await expect.poll(client.closed).toBe(true);
    finishSlow();
    expect([client.received(), streams.size, another.closed()]).toEqual(["", 1, false]);
  });

  it.each([
    ["with a body", `${ask("/events", "Content-Length: 3\r\n")}abc`],
    ["with a body in chunks", `${ask("/events", "Transfer-Encoding: chunked\r\n")}3\r\nabc\r\n0\r\n\r\n`],
    ["that expects to be told to go on", ask("/events", "Expect: 100-continue\r\n")],
  ])("%s is a stream too, which HTTP looks after", async (_what, text) => {
    const client = await say(text);
    await expect.poll(client.received).toContain("event: snapshot");
    opened[0]?.send(eventOf("later", "1", {}));
    await expect.poll(client.received).toContain("event: later");
    client.socket.destroy();
    await expect.poll(() => streams.size).toBe(0);
  });

  it("without a host is refused", async () => {
    const client = await say("GET /events HTTP/1.1\r\n\r\n");
    await expect.poll(client.closed).toBe(true);
    expect(client.statuses()).toEqual([400]);
  });
});

describe("whoever wants another protocol", () => {
  it("is answered in this one", async () => {
    const client = await say(ask("/other", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
    await expect.poll(client.received).toContain("nothing here");
    client.say(ask("/other"));
    await expect.poll(client.statuses).toEqual([404, 404]);
  });

  it("gets no tunnel", async () => {
    const client = await say("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n");
    await expect.poll(client.closed).toBe(true);
    expect(client.received()).toBe("");
  });
});
