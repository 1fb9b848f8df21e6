import { gateContract } from "@flashgate/core/testing";
import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import type { Redis } from "ioredis";
import { afterAll, beforeAll } from "vitest";
import { connect, ready } from "../src/connection.ts";
import { openFeed, openGate, type RedisGate } from "../src/gate.ts";
import { redisUsers, urlFor } from "../src/users.ts";

const BACKLOG_MAX = 40;
const PASSWORDS = { gate: "gate secret", opener: "opener secret", queue: "queue secret" };

/** A Redis of this file's own, since its life is cut: durable, as in production. */
let server: TestRedis;
let control: Redis;
/** As the processes are: who admits and judges may do less than who opens. */
let gate: RedisGate;
let opener: RedisGate;
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
  server = await startTestServices({ redisOnly: true, redisDurable: true, redisUsers: redisUsers(PASSWORDS) });
  control = connect(server.redisUrl, "test-control", "wait");
  await ready(control);
  const urlOf = (user: "gate" | "opener") => urlFor(server.redisUrl, user, PASSWORDS[user]);
  // in pieces, as those who may do least would read a large one
  gate = await openGate({ url: urlOf("gate"), name: "test", clock, backlogMax: BACKLOG_MAX, wholeEntriesMax: 0 });
  opener = await openGate({ url: urlOf("opener"), name: "test-opener", clock, backlogMax: BACKLOG_MAX });
  events = await openFeed(urlOf("gate"), "test");
});

afterAll(async () => {
  events?.close();
  gate?.close();
  opener?.close();
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
  await Promise.all([gate.whenReady(), opener.whenReady()]);
}

async function nowMs(): Promise<number> {
  const [seconds, microseconds] = await control.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}

gateContract("redis", async () => {
  const { admission, holds, reader } = gate;
  return {
    admission,
    holds,
    opening: opener.opening,
    reader,
    feed: events.feed,
    nowMs,
    restart,
    backlogMax: BACKLOG_MAX,
  };
});
