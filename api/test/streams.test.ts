import { once } from "node:events";
import net from "node:net";
import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { close, createServer, listen } from "../src/server.ts";
import { eventOf, type Stream, Streams } from "../src/streams.ts";
import { follow } from "./event-reader.ts";

let streams: Streams;
let opened: Stream[];
let url: string;
let stop: () => Promise<void>;
beforeEach(async () => {
  streams = new Streams({ max: 10, random: () => 0 });
  opened = [];
  const app = express();
  app.get("/events", (_request, response) => {
    const stream = streams.open(response, eventOf("snapshot", "0", {}));
    if (stream) opened.push(stream);
  });
  app.post("/", (request) => void request.resume());
  const server = createServer(app);
  url = await listen(server, "127.0.0.1", 0);
  stop = () => {
    streams.close();
    return close(server);
  };
});
afterEach(() => stop());

/** A connection that has sent `text` and reads only when told to. */
async function say(text: string): Promise<net.Socket> {
  const socket = net.connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

const DEAF = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";
const LARGE = { text: "x".repeat(65_536) };

describe("a client that does not read", () => {
  it("is dropped, and costs those nothing who do", async () => {
    const reader = await follow(url, "/events");
    const deaf = await say(DEAF);
    await expect.poll(() => streams.size).toBe(2);
    let sent = 0;
    while (streams.size === 2 && sent < 1_000) {
      sent += 1;
      const event = eventOf("large", String(sent), LARGE);
      for (const stream of opened) stream.send(event);
      await expect.poll(() => reader.text().includes(`id: ${sent}\n`), { interval: 1, timeout: 10_000 }).toBe(true);
    }
    expect(streams.size).toBe(1);
    expect(sent).toBeLessThan(1_000);
    opened[0]?.send(eventOf("last", "last", {}));
    await expect.poll(() => reader.text().includes("id: last\n")).toBe(true);
    deaf.destroy();
  });

  it("does not hold up a process that stops", async () => {
    const deaf = await say(DEAF);
    await expect.poll(() => opened.length).toBe(1);
    opened[0]?.send(Buffer.alloc(32_000_000, "x"));
    await stop();
    await expect.poll(() => streams.size).toBe(0);
    deaf.destroy();
  });

  it("is dropped by a beat where its stream has ended", async () => {
    const deaf = await say(DEAF);
    await expect.poll(() => opened.length).toBe(1);
    opened[0]?.send(Buffer.alloc(32_000_000, "x"));
    opened[0]?.end();
    expect(streams.size).toBe(1);
    for (let seconds = 0; seconds < 15; seconds += 1) streams.beat();
    await expect.poll(() => streams.size).toBe(0);
    deaf.destroy();
  });
});

describe("a stream", () => {
  it("outlives the time that a request may take", async () => {
    const stream = await follow(url, "/events");
    await stream.until(1);
    const slowHead = await say("GET /events HTTP/1.1\r\n");
    const slowBody = await say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1");
    await Promise.all([once(slowHead.resume(), "close"), once(slowBody.resume(), "close")]);
    opened[0]?.send(eventOf("late", "1", {}));
    expect((await stream.until(2))[1]).toMatchObject({ event: "late" });
  });

  it("of a client that is gone already takes no place", async () => {
    const response = { destroyed: true } as Parameters<Streams["open"]>[0];
    let left = 0;
    const stream = streams.open(response, eventOf("snapshot", "0", {}), () => {
      left += 1;
    });
    expect([stream?.closed, streams.size]).toEqual([true, 0]);
    await expect.poll(() => left).toBe(1);
  });
});
