import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { beatPaced } from "../src/paced-beat.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A beat with a pause of 100 ms and a fifth of the time; each run takes what `takesMs` says then. */
function openBeat() {
  const act = { runs: 0, takesMs: 0 };
  let [spentMs] = [0];
  const clock = { nowMs: () => spentMs };
  const stop = beatPaced(
    () => {
      act.runs += 1;
      spentMs += act.takesMs;
    },
    { pauseMs: 100, shareMax: 0.2 },
    clock,
  );
  return { act, stop };
}

it("runs after each pause, and no more once it is stopped", () => {
  const { act, stop } = openBeat();
  vi.advanceTimersByTime(99);
  expect(act.runs).toBe(0);
  vi.advanceTimersByTime(901);
  expect(act.runs).toBe(10);
  stop();
  vi.advanceTimersByTime(1_000);
  expect(act.runs).toBe(10);
});

it("keeps its pace while runs are short enough", () => {
  const { act } = openBeat();
  act.takesMs = 25;
  vi.advanceTimersByTime(1_000);
  expect(act.runs).toBe(10);
});

it("lets long runs come less often, so that they take no more than their share, and short ones at the old pace again", () => {
  const { act } = openBeat();
  act.takesMs = 50;
  // the first after 100 ms, the others 200 ms after the end of the last, whose own time the fake timers do not count
  vi.advanceTimersByTime(1_100);
  expect(act.runs).toBe(6);
  act.takesMs = 0;
  vi.advanceTimersByTime(200);
  expect(act.runs).toBe(7);
  vi.advanceTimersByTime(1_000);
  expect(act.runs).toBe(17);
});

it("takes a clock that goes back for a run that took no time", () => {
  const { act } = openBeat();
  act.takesMs = -5_000;
  vi.advanceTimersByTime(1_000);
  expect(act.runs).toBe(10);
});
