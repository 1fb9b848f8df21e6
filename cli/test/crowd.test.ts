import { expect, test } from "vitest";
import { steadyClock } from "../src/clock.ts";
import { type CrowdPlan, runCrowd } from "../src/crowd.ts";
import { errand } from "../src/shopper.ts";
import { Tally } from "../src/tally.ts";
import { type Answer, accepted, openShop, refused } from "./shop.ts";

async function crowd(plan: Partial<CrowdPlan>, buyers: number, answer: (nth: number) => Answer) {
  const { asked, connect } = await openShop((_, nth) => answer(nth));
  const tally = new Tally();
  const connections = Array.from({ length: buyers }, connect);
  const whole = { name: "crowd", errand: errand("x-1", 1), ratePerS: null, durationMsMax: 20_000, ...plan };
  const startedMs = steadyClock.nowMs();
  await runCrowd(whole, { connections, tally, clock: steadyClock });
  return { tally, asked, tookMs: steadyClock.nowMs() - startedMs };
}

test("every shopper is another one, until each connection is told that nothing is left", async () => {
  const { tally, asked } = await crowd({}, 4, (nth) => (nth <= 50 ? accepted(`c${nth}`) : refused(409, "sold_out")));
  expect(tally.acknowledged).toHaveLength(50);
  expect([...tally.refusals]).toEqual([["sold_out", 4]]);
  expect(new Set(asked.map(({ headers }) => headers["x-user-id"])).size).toBe(54);
});

test("ends when the time is up, with all answers in", async () => {
  const { tally, asked } = await crowd({ durationMsMax: 100 }, 2, (nth) => accepted(`c${nth}`));
  expect(tally.acknowledged.length).toBeGreaterThan(0);
  expect(tally.acknowledged).toHaveLength(asked.length);
});

test("in the open loop shoppers come at their rate, however quick the answers are", async () => {
  const { tally, tookMs } = await crowd({ ratePerS: 200 }, 8, (nth) =>
    nth <= 60 ? accepted(`c${nth}`) : refused(409, "sold_out"),
  );
  expect(tally.acknowledged).toHaveLength(60);
  expect(tookMs).toBeGreaterThanOrEqual(299);
});

test("in the open loop a slow answer counts for everyone who waited behind it", async () => {
  // due every 10 ms, served every 40 ms at best: the tenth shopper waits for nine others
  const { tally } = await crowd({ ratePerS: 100 }, 1, (nth) =>
    nth <= 10 ? { ...(accepted(`c${nth}`) as object), status: 202, afterMs: 40 } : refused(409, "sold_out"),
  );
  const { p50, max } = tally.latencyMs.summary();
  expect(max).toBeGreaterThanOrEqual(10 * 40 - 9 * 10);
  expect(p50).toBeGreaterThan(100);
});

test("the open loop stops waiting for its next shopper when the time is up", async () => {
  const { tally, tookMs } = await crowd({ ratePerS: 0.01, durationMsMax: 150 }, 2, (nth) => accepted(`c${nth}`));
  expect(tally.acknowledged).toHaveLength(1);
  expect(tookMs).toBeLessThan(10_000);
});
