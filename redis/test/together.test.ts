import type { ReserveReply } from "@flashgate/core";
import type { TestRedis } from "@flashgate/local/testing";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RedisGate } from "../src/gate.ts";
import { startLoneGate } from "./lone-gate.ts";
import { Shop, serverNowMs } from "./shop.ts";

const COUNT = 100;

let server: TestRedis;
let control: Redis;
let gate: RedisGate;
let stop: () => Promise<void>;
let shop: Shop;

beforeAll(async () => {
  ({ server, control, gate, stop } = await startLoneGate(10_000));
});
beforeEach(async () => {
  shop = new Shop(await serverNowMs(control));
  await shop.recover(gate, 1, 0);
});
afterAll(async () => {
  await stop?.();
});

const crowd = () => Promise.all(Array.from({ length: COUNT }, () => shop.reserve(gate)));
const all = (reply: ReserveReply) => Array.from({ length: COUNT }, () => reply);

describe("reservations that come together", () => {
  it("take few calls, and each its own unit", async () => {
    await control.config("RESETSTAT");
    const replies = await crowd();
    expect(new Set(replies.map((reply) => reply.kind === "held" && reply.hold.checkoutId)).size).toBe(COUNT);
    expect(await control.info("commandstats")).toContain("cmdstat_evalsha:calls=2,");
    expect((await gate.reader.totals(shop.saleId))?.totals).toEqual({ available: 302 - COUNT, held: COUNT, sold: 0 });
  });

  it("are all refused where the lease is gone, and all taken where a recovery has opened the gate since", async () => {
    await control.script("FLUSH");
    expect(await crowd()).toEqual(all({ kind: "gate_shut" }));
    await shop.recover(gate, 2, 1);
    await shop.hold(gate);
    await shop.recover(gate, 3, 2);
    expect((await crowd()).map((reply) => reply.kind === "held" && reply.epoch)).toEqual(
      Array.from({ length: COUNT }, () => 3),
    );
  });

  it("are all told that nobody knows where the server does not answer in time, and then all of it is there", async () => {
    await shop.hold(gate);
    process.kill(server.pid(), "SIGSTOP");
    let replies: readonly ReserveReply[];
    try {
      replies = await crowd();
    } finally {
      process.kill(server.pid(), "SIGCONT");
    }
    expect(replies).toEqual(all({ kind: "outcome_unknown", epoch: 1 }));
    await expect.poll(async () => (await gate.reader.totals(shop.saleId))?.totals.held).toBe(COUNT + 1);
  });
});
