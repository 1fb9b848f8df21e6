import { expect, it } from "vitest";
import { ServerClock } from "../src/storefront/server-clock.ts";

const at = (ms: number) => new Date(ms).toISOString();

it("is this device's clock until the server has said what time it is", () => {
  const clock = new ServerClock(
    () => 0,
    () => 77,
  );
  expect(clock.nowMs()).toBe(77);
  clock.note("not a time");
  expect(clock.nowMs()).toBe(77);
});

it("believes the answer that was on its way the shortest, and goes on from there", () => {
  let steadyMs = 1_000;
  const clock = new ServerClock(
    () => steadyMs,
    () => 0,
  );
  clock.note(at(500_000 - 300));
  expect(clock.nowMs()).toBe(499_700);
  steadyMs += 1_000;
  clock.note(at(501_000 - 20));
  expect(clock.nowMs()).toBe(500_980);
  clock.note(at(501_000 - 900));
  expect(clock.nowMs()).toBe(500_980);
  steadyMs += 250;
  expect(clock.nowMs()).toBe(501_230);
});

it("forgets old answers, so that a server whose clock was put back is followed", () => {
  const clock = new ServerClock(
    () => 0,
    () => 0,
  );
  clock.note(at(9_000));
  for (let count = 0; count < 8; count += 1) clock.note(at(5_000));
  expect(clock.nowMs()).toBe(5_000);
});
