import type { QueueLoad } from "@flashgate/core";
import { expect, it } from "vitest";
import { QueueWatch } from "../src/queue-watch.ts";

const WAITING: QueueLoad = { waiting: 3, active: 1, delayed: 0, failed: 0, paused: false, oldestMs: 0 };

/** A watch over a queue that the test moves. */
function openWatch() {
  const state: { load: QueueLoad | null; finished: number } = { load: WAITING, finished: 0 };
  const stuck: [quietMs: number, waiting: number][] = [];
  const load = async () => {
    if (!state.load) throw new Error("redis is away");
    return state.load;
  };
  const watch = new QueueWatch({
    queue: { load },
    finished: () => state.finished,
    everyMs: 5_000,
    stuckMs: 30_000,
    onStuck: (quietMs, waiting) => stuck.push([quietMs, waiting]),
  });
  const looks = async (times: number, before: () => void = () => undefined) => {
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

it.each<[string, (state: State) => void]>([
  ["pages that finish, failed ones too", (state) => void (state.finished += 1)],
  ["an empty queue", (state) => void (state.load = { ...WAITING, waiting: 0 })],
  ["a queue that somebody paused", (state) => void (state.load = { ...WAITING, paused: true })],
  ["a queue that does not answer", (state) => void (state.load = null)],
])("does not take for stuck: %s", async (_, move) => {
  const { state, stuck, watch, looks } = openWatch();
  await looks(5);
  expect(watch.quietMs).toBe(25_000);
  await looks(100, () => move(state));
  expect([stuck, watch.quietMs]).toEqual([[], 0]);
});

it("does not look twice at a time", async () => {
  let answer: (load: QueueLoad) => void = () => undefined;
  let asked = 0;
  const load = () =>
    new Promise<QueueLoad>((resolve) => {
      asked += 1;
      answer = resolve;
    });
  const parts = { queue: { load }, finished: () => 0, everyMs: 1, stuckMs: 9, onStuck: () => undefined };
  const watch = new QueueWatch(parts);
  const first = watch.look();
  await watch.look();
  expect(asked).toBe(1);
  answer(WAITING);
  await first;
  void watch.look();
  expect(asked).toBe(2);
});
