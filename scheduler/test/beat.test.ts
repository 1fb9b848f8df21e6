import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Beat } from "../src/beat.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A duty whose runs the test ends by hand. */
function openDuty(shareMax?: number) {
  const faults: unknown[] = [];
  let runs = 0;
  let end: (error?: Error) => void = () => undefined;
  const runOnce = () =>
    new Promise<void>((resolve, reject) => {
      runs += 1;
      end = (error) => (error ? reject(error) : resolve());
    });
  const duty = { name: "duty", everyMs: 100, runOnce, ...(shareMax === undefined ? {} : { shareMax }) };
  const clock = { nowMs: () => Date.now() };
  const beat = new Beat(duty, (name, error) => faults.push([name, error]), clock);
  const finish = async (error?: Error) => {
    end(error);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { beat, faults, finish, runs: () => runs };
}

describe("a beat", () => {
  it("runs at once, then after each pause, and never twice at a time", async () => {
    const { beat, finish, runs } = openDuty();
    beat.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(runs()).toBe(1);
    await finish();
    await vi.advanceTimersByTimeAsync(99);
    expect(runs()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs()).toBe(2);
    await finish();
    await beat.stop();
  });

  it("rests as much longer as a run was long, where it may take but a share of the time", async () => {
    const { beat, finish, runs } = openDuty(0.1);
    beat.start();
    await vi.advanceTimersByTimeAsync(5);
    await finish();
    await vi.advanceTimersByTimeAsync(99);
    expect(runs()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs()).toBe(2);
    await vi.advanceTimersByTimeAsync(200);
    await finish();
    await vi.advanceTimersByTimeAsync(1_799);
    expect(runs()).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs()).toBe(3);
    await finish();
    await beat.stop();
  });

  it("tells of a failure and goes on", async () => {
    const { beat, faults, finish, runs } = openDuty();
    beat.start();
    await finish(new Error("once"));
    await vi.advanceTimersByTimeAsync(100);
    expect([faults, runs()]).toEqual([[["duty", new Error("once")]], 2]);
    await finish();
    await beat.stop();
  });

  it("may be started and stopped twice, and stops only when the run under way has ended", async () => {
    const { beat, finish, runs } = openDuty();
    await beat.stop();
    beat.start();
    beat.start();
    expect(runs()).toBe(1);
    const stopped = vi.fn();
    const stopping = Promise.all([beat.stop(), beat.stop()]).then(stopped);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stopped).not.toHaveBeenCalled();
    await finish();
    await stopping;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(runs()).toBe(1);
    beat.start();
    expect(runs()).toBe(2);
    await finish();
    await beat.stop();
  });
});
