import type { QueueDepth } from "@flashgate/core";
import { expect, it } from "vitest";
import { QueueWatch } from "../src/queue-watch.ts";

const WAITING: QueueDepth = { waiting: 3, active: 1, delayed: 0, failed: 0, paused: false, oldestAtMs: 0 };

/** A watch over a queue that the test moves. */
function openWatch() {
  const state: { depth: QueueDepth | null; finished: number } = { depth: WAITING, finished: 0 };
  const stuck: [quietMs: number, waiting: number][] = [];
  const depth = async () => {
    if (!state.depth) throw new Error("redis is away");
    return state.depth;
  };
  const watch = new QueueWatch({
    queue: { depth },
    finished: () => state.finished,
    everyMs: 5_000,
    stuckMs: 30_000,
    onStuck: (quietMs, waiting) => stuck.push([quietMs, waiting]),
  });
  const looks = async (times: number, before: () => unknown = () => undefined) => {
    for (let look = 0; look < times; look += 1) {
      before();
      await watch.look();
    }
  };
  return { state, stuck, watch, looks };
}

it("tells once of a consumer that finishes nothing though jobs wait", async () => {
  const { stuck, watch, looks } = openWatch();
  await looks(5);
  expect([stuck, watch.quietMs]).toEqual([[], 25_000]);
  await looks(5);
  expect(stuck).toEqual([[30_000, 3]]);
});

type State = ReturnType<typeof openWatch>["state"];

it.each<[string, (state: State) => Partial<State>]>([
  ["pages that finish, failed ones too", ({ finished }) => ({ finished: finished + 1 })],
  ["an empty queue", () => ({ depth: { ...WAITING, waiting: 0 } })],
  ["a queue that somebody paused", () => ({ depth: { ...WAITING, paused: true } })],
  ["a queue that does not answer", () => ({ depth: null })],
])("does not take for stuck: %s", async (_, move) => {
  const { state, stuck, watch, looks } = openWatch();
  await looks(5);
  expect(watch.quietMs).toBe(25_000);
  await looks(100, () => Object.assign(state, move(state)));
  expect([stuck, watch.quietMs]).toEqual([[], 0]);
});

it("does not look twice at a time", async () => {
  let answer: (depth: QueueDepth) => void = () => undefined;
  let asked = 0;
  const depth = () =>
    new Promise<QueueDepth>((resolve) => {
      asked += 1;
      answer = resolve;
    });
  const parts = { queue: { depth }, finished: () => 0, everyMs: 1, stuckMs: 9, onStuck: () => undefined };
  const watch = new QueueWatch(parts);
  const first = watch.look();
  await watch.look();
  expect(asked).toBe(1);
  answer(WAITING);
  await first;
  void watch.look();
  expect(asked).toBe(2);
});
