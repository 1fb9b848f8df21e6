import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RedisGate } from "../src/gate.ts";
import { gateKeys } from "../src/keys.ts";
import { startLoneGate } from "./lone-gate.ts";
import { Shop, serverNowMs } from "./shop.ts";

let control: Redis;
let gate: RedisGate;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ control, gate, stop } = await startLoneGate(10_000));
});

afterAll(async () => {
  await stop?.();
});

/** Holds that want a look at once: those of an opening before. */
async function openDue(holds: number): Promise<Shop> {
  const shop = new Shop(await serverNowMs(control), { c: 10_000 });
  await shop.recover(gate, 1, 0);
  await Promise.all(Array.from({ length: holds }, () => shop.hold(gate)));
  await shop.recover(gate, 2, 1);
  return shop;
}

it("claims as many due holds as it is asked for, each once, whatever a script call hands out", async () => {
  const shop = await openDue(1_700);
  const [first, second] = [
    await gate.holds.claimDue(shop.saleId, 2, 1_200),
    await gate.holds.claimDue(shop.saleId, 2, 1_200),
  ];
  expect([first.length, second.length]).toEqual([1_200, 500]);
  expect(new Set([...first, ...second].map(({ checkoutId }) => checkoutId)).size).toBe(1_700);
  expect(await gate.holds.claimDue(shop.saleId, 2, 1_200)).toEqual([]);
});

it("forgets the looks of holds that are gone", async () => {
  const shop = await openDue(3);
  const { due } = gateKeys(shop.saleId, 2);
  await control.zadd(due, 1, "gone");
  expect(await gate.holds.claimDue(shop.saleId, 2, 10)).toHaveLength(3);
  expect(await control.zscore(due, "gone")).toBeNull();
});
