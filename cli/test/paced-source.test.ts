import { PacedSource } from "@flashgate/core";
import { inTime } from "@flashgate/monitoring";
import { expect, test, vi } from "vitest";
import { faultLine } from "../src/fault-line.ts";

/** A source whose looks take `tookMs` of a clock that only the test moves. */
function openSource(tookMs: number, everyMs = 0) {
  const clock = { ms: 0, nowMs: () => clock.ms };
  const read = vi.fn(async (saleId: string) => {
    clock.ms += tookMs;
    return `${saleId} at ${clock.ms}`;
  });
  return { clock, read, source: new PacedSource("gate", read, { clock, everyMs, inTime, faultLine }) };
}

test("after a look it rests so long that looking takes a twentieth of the time", async () => {
  const { clock, read, source } = openSource(50);
  expect(await source.look("a")).toBe("a at 50");
  clock.ms = 999;
  expect(await source.look("a")).toBe("a at 50");
  clock.ms = 1_000;
  expect(await source.look("a")).toBe("a at 1050");
  expect(read).toHaveBeenCalledTimes(2);
});

test("it rests as long as it was told where looks are quick", async () => {
  const { clock, read, source } = openSource(1, 500);
  await source.look("a");
  clock.ms = 499;
  await source.look("a");
  expect(read).toHaveBeenCalledTimes(1);
  clock.ms = 500;
  await source.look("a");
  expect(read).toHaveBeenCalledTimes(2);
});

test("of another sale it tells what is of that one, at once", async () => {
  const { source } = openSource(50);
  await source.look("a");
  expect(await source.look("b")).toBe("b at 100");
});

test("two who look at once share one look", async () => {
  const { read, source } = openSource(10);
  expect(await Promise.all([source.look("a"), source.look("a")])).toEqual(["a at 10", "a at 10"]);
  expect(read).toHaveBeenCalledTimes(1);
});

test("a fault is told in a line until a look succeeds", async () => {
  const clock = { ms: 0, nowMs: () => clock.ms };
  const answers = [() => Promise.reject(new Error("connection lost")), async () => 7];
  const source = new PacedSource("queue", () => (answers.shift() ?? answers[0])?.() as Promise<number>, {
    clock,
    everyMs: 0,
    inTime,
    faultLine,
  });
  expect(await source.look("a")).toBeNull();
  expect(source.fault).toBe("queue: connection lost");
  expect(await source.look("a")).toBe(7);
  expect(source.fault).toBeNull();
});

test("who is in haste is told what was seen before, until the look has taken too long", async () => {
  let now = 0;
  const clock = { nowMs: () => now };
  const answers = [Promise.resolve("first"), new Promise<string>(() => undefined)];
  const source = new PacedSource("audit", () => answers.shift() ?? Promise.reject(new Error("a third look")), {
    clock,
    inTime,
    faultLine,
    everyMs: 10,
    patienceMs: 1_000,
    hasteMs: 1,
  });
  expect(await source.look("a")).toBe("first");
  now = 10;
  expect(await source.look("a")).toBe("first");
  expect(source.fault).toBeNull();
  now = 1_010;
  expect(await source.look("a")).toBeNull();
  expect(source.fault).toBe("audit: no answer within 1000 ms");
});

test("who looks does not wait for ever, and is told the answer when it has come", async () => {
  let answer: (value: number) => void = () => undefined;
  const promise = new Promise<number>((resolve) => {
    answer = resolve;
  });
  const source = new PacedSource("redis", () => promise, {
    clock: { nowMs: () => 0 },
    everyMs: 1,
    patienceMs: 5,
    inTime,
    faultLine,
  });
  expect(await source.look("a")).toBeNull();
  expect(source.fault).toBe("redis: no answer within 5 ms");
  answer(7);
  await vi.waitFor(() => expect(source.fault).toBeNull());
  expect(await source.look("a")).toBe(7);
});
