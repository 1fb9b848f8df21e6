import { expect, it } from "vitest";
import { silenceOf } from "../src/silence.ts";

it("is told once a server has been silent for long enough, and not while it answers now and then", async () => {
  const clock = { ms: 0, nowMs: () => clock.ms };
  const answers = [true, false, false, true, false, false, false, false];
  let pings = 0;
  const ping = async () => {
    clock.ms += 1_000;
    pings += 1;
    if (!answers[pings - 1]) throw new Error("no answer");
  };
  await silenceOf(ping, { clock, everyMs: 0, silentMs: 4_000 });
  expect(pings).toBe(7);
});
