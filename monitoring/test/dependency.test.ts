import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CHECK_MS_MAX, Dependency, FRESH_MS } from "../src/dependency.ts";
import { LogLines } from "../src/log-lines.ts";
import { writtenLines } from "./written-lines.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function dependencyOn(check: () => Promise<void>) {
  const { logger, records } = writtenLines();
  return { dependency: new Dependency({ name: "redis", critical: true, check }, new LogLines(logger)), records };
}

it("is asked once, however many ask at the same time or within its freshness", async () => {
  const check = vi.fn(async () => {});
  const { dependency } = dependencyOn(check);
  expect(await Promise.all([dependency.isUp(), dependency.isUp()])).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(FRESH_MS - 1);
  expect(await dependency.isUp()).toBe(true);
  expect(check).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await dependency.isUp()).toBe(true);
  expect(check).toHaveBeenCalledTimes(2);
});

it("is down when it does not answer within the bound", async () => {
  const { dependency, records } = dependencyOn(() => new Promise(() => {}));
  const answer = dependency.isUp();
  await vi.advanceTimersByTimeAsync(CHECK_MS_MAX);
  expect(await answer).toBe(false);
  expect(records()).toMatchObject([{ msg: "dependency is down", err: { message: "no answer within 1000 ms" } }]);
});

it("is down when its check throws at once", async () => {
  const { dependency } = dependencyOn(() => {
    throw new Error("not connected");
  });
  expect(await dependency.isUp()).toBe(false);
});

it("outlives a check that fails after its bound", async () => {
  let fail: (error: Error) => void = () => {};
  const { dependency, records } = dependencyOn(() => new Promise((_, reject) => (fail = reject)));
  const answer = dependency.isUp();
  await vi.advanceTimersByTimeAsync(CHECK_MS_MAX);
  fail(new Error("too late"));
  expect(await answer).toBe(false);
  expect(records()).toHaveLength(1);
});

it("logs when it goes down and when it comes back, not in between", async () => {
  let down = false;
  const { dependency, records } = dependencyOn(async () => {
    if (down) throw new Error("refused");
  });
  for (const state of ["up", "down", "down", "down", "up", "up"]) {
    down = state === "down";
    expect(await dependency.isUp()).toBe(!down);
    await vi.advanceTimersByTimeAsync(FRESH_MS);
  }
  expect(records()).toMatchObject([
    { level: "warn", msg: "dependency is down", dependency: "redis", critical: true, err: { message: "refused" } },
    { level: "info", msg: "dependency is up again", dependency: "redis", critical: true },
  ]);
});
