import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, ready } from "../src/connection.ts";
import { openGate, type RedisGate } from "../src/gate.ts";
import { impatientClock, Shop, serverNowMs } from "./shop.ts";

let server: TestRedis;
let control: Redis;
let gate: RedisGate;

beforeAll(async () => {
  server = await startTestServices({ redisOnly: true });
  control = connect(server.redisUrl, "test-control", "wait");
  await ready(control);
  gate = await openGate({ url: server.redisUrl, name: "test", clock: impatientClock(), backlogMax: 100 });
});
afterAll(async () => {
  gate?.close();
  control?.disconnect();
  await server?.stop();
});

it("one sale's recovery does not open another's gate, whose epoch is the same", async () => {
  const nowMs = await serverNowMs(control);
  const [first, second] = [new Shop(nowMs), new Shop(nowMs)];
  await first.recover(gate, 1, 0);
  await first.recover(gate, 2, 1);
  await second.recover(gate, 1, 0);
  await control.script("FLUSH"); // all that a restart leaves of the leases

  await second.recover(gate, 2, 1);
  expect(await second.reserve(gate)).toMatchObject({ kind: "held", epoch: 2 });
  expect(await first.reserve(gate)).toEqual({ kind: "gate_shut" });
  expect(await gate.opening.isOpen(first.saleId, 2)).toBe(false);

  await first.recover(gate, 3, 2);
  expect(await first.reserve(gate)).toMatchObject({ kind: "held", epoch: 3 });
});
