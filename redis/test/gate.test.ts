import { gateContract } from "@flashgate/core/testing";
import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import type { Redis } from "ioredis";
import { afterAll, beforeAll } from "vitest";
import { connect, ready } from "../src/connection.ts";
import { openFeed, openGate, type RedisGate } from "../src/gate.ts";

const BACKLOG_MAX = 40;

/** A Redis of this file's own, since its life is cut: durable, as in production. */
let server: TestRedis;
let control: Redis;
let gate: RedisGate;
let events: Awaited<ReturnType<typeof openFeed>>;

/** Each look at it is long after the last one, so that nothing found shut is remembered as shut. */
let lookedAtMs = 0;
const clock = {
  nowMs: () => {
    lookedAtMs += 1_000;
    return lookedAtMs;
  },
};

beforeAll(async () => {
  server = await startTestServices({ redisOnly: true, redisDurable: true });
  control = connect(server.redisUrl, "test-control", "wait");
  await ready(control);
  gate = await openGate({ url: server.redisUrl, name: "test", clock, backlogMax: BACKLOG_MAX });
  events = await openFeed(server.redisUrl, "test");
});

afterAll(async () => {
  events?.close();
  gate?.close();
  control?.disconnect();
  await server?.stop();
});

/** SIGKILL; resolves once the server is back with its data and the gate's connection with it. */
async function restart(): Promise<void> {
  const closed = new Promise((resolve) => control.once("close", resolve));
  const back = new Promise((resolve) => control.once("ready", resolve));
  process.kill(server.pid(), "SIGKILL");
  await closed;
  await back;
  await gate.whenReady();
}

async function nowMs(): Promise<number> {
  const [seconds, microseconds] = await control.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}

gateContract("redis", async () => {
  const { admission, holds, opening, reader } = gate;
  return { admission, holds, opening, reader, feed: events.feed, nowMs, restart, backlogMax: BACKLOG_MAX };
});
