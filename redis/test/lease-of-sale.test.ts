import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RedisGate } from "../src/gate.ts";
import { startLoneGate } from "./lone-gate.ts";
import { Shop, serverNowMs } from "./shop.ts";

let control: Redis;
let gate: RedisGate;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ control, gate, stop } = await startLoneGate(100));
});
afterAll(async () => {
  await stop?.();
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
