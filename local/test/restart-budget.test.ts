import { expect, test } from "vitest";
import { RestartBudget } from "../src/restart-budget.ts";

test("each restart waits twice as long as the one before, up to the limit", () => {
  const budget = new RestartBudget({ count: 5, withinMs: 30_000 });
  const delaysMs = [0, 1, 2, 3, 4, 5].map((nowMs) => budget.spend(nowMs));
  expect(delaysMs).toEqual([100, 200, 400, 800, 1_600, undefined]);
});

test("restarts are forgiven once they are out of the window", () => {
  const budget = new RestartBudget({ count: 2, withinMs: 1_000 });
  expect([0, 500, 999, 1_001, 1_499, 1_501].map((nowMs) => budget.spend(nowMs))).toEqual([
    100,
    200,
    undefined,
    200,
    undefined,
    200,
  ]);
});

test("no wait is longer than five seconds", () => {
  const budget = new RestartBudget({ count: 20, withinMs: 30_000 });
  const delaysMs = Array.from({ length: 20 }, (_, nowMs) => budget.spend(nowMs) ?? 0);
  expect(Math.max(...delaysMs)).toBe(5_000);
});
