import { expect, test } from "vitest";
import { Interrupted } from "../src/interruption.ts";
import { runWatch } from "../src/watch/watch-loop.ts";

const clock = { nowMs: () => 0 };

test("looks and shows as often as it was told", async () => {
  const shown: number[] = [];
  let looks = 0;
  const { signal } = new AbortController();
  const look = async () => ++looks;
  await runWatch({ look, show: (look) => shown.push(look), everyMs: 1, times: 3, clock, signal });
  expect(shown).toEqual([1, 2, 3]);
});

test("an end that is asked for is none of its faults, whether it looks or waits", async () => {
  const ending = new AbortController();
  const waits = runWatch({
    look: async () => 1,
    show: () => ending.abort(new Interrupted("SIGINT")),
    everyMs: 60_000,
    times: 9,
    clock,
    signal: ending.signal,
  });
  await expect(waits).resolves.toBeUndefined();
  const looking = new AbortController();
  const looks = runWatch({
    look: () => new Promise<never>(() => looking.abort(new Interrupted("SIGINT"))),
    show: () => undefined,
    everyMs: 1,
    times: 9,
    clock,
    signal: looking.signal,
  });
  await expect(looks).resolves.toBeUndefined();
});

test("what goes wrong otherwise is thrown", async () => {
  const { signal } = new AbortController();
  const look = () => Promise.reject(new Error("no such sale"));
  await expect(runWatch({ look, show: () => undefined, everyMs: 1, times: 9, clock, signal })).rejects.toThrow(
    "no such sale",
  );
});
