import { expect, test } from "vitest";
import { RestartBackoff } from "../src/restart-backoff.ts";

const pauses = (backoff: RestartBackoff, lives: readonly number[]) => lives.map((lifeMs) => backoff.next(lifeMs));

test("the pause doubles with every short life, up to 5 s", () => {
  expect(pauses(new RestartBackoff(), [0, 0, 0, 0, 0, 0, 0, 0])).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test("a life of 10 s starts the count anew", () => {
  expect(pauses(new RestartBackoff(), [0, 0, 0, 9_999, 10_000, 0])).toEqual([100, 200, 400, 800, 100, 200]);
});
