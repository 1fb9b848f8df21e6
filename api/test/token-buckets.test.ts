import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRate } from "../src/rate-limits/rate.ts";
import { TokenBuckets } from "../src/rate-limits/token-buckets.ts";

const take = (buckets: TokenBuckets, times: number, nowMs: number, key = "k") =>
  Array.from({ length: times }, () => buckets.take(key, nowMs));

describe("a bucket", () => {
  it("gives all it holds at once, then one at a time as it fills", () => {
    const buckets = new TokenBuckets({ requests: 3, windowS: 30 });
    expect(take(buckets, 4, 0)).toEqual([
      { taken: true, left: 2, resetMs: 10_000 },
      { taken: true, left: 1, resetMs: 20_000 },
      { taken: true, left: 0, resetMs: 10_000 },
      { taken: false, left: 0, resetMs: 10_000 },
    ]);
    expect(take(buckets, 2, 9_999).map(({ taken }) => taken)).toEqual([false, false]);
    expect(take(buckets, 2, 10_000).map(({ taken }) => taken)).toEqual([true, false]);
    expect(take(buckets, 4, 100_000).map(({ taken }) => taken)).toEqual([true, true, true, false]);
  });

  it("costs the one nothing whom the other has used up", () => {
    const buckets = new TokenBuckets({ requests: 1, windowS: 1 });
    take(buckets, 9, 0, "greedy");
    expect(buckets.take("modest", 0).taken).toBe(true);
  });

  it("is full again a window later even where the clock was set back", () => {
    const buckets = new TokenBuckets({ requests: 2, windowS: 1 });
    take(buckets, 2, 3_600_000);
    expect(buckets.take("k", 0)).toEqual({ taken: false, left: 0, resetMs: 500 });
    expect(take(buckets, 3, 1_000).map(({ taken }) => taken)).toEqual([true, true, false]);
  });

  it("is forgotten, so full, once there are more than are kept in mind; the others are not", () => {
    const buckets = new TokenBuckets({ requests: 1, windowS: 1_000 }, 2);
    for (const key of ["a", "b", "c"]) expect(buckets.take(key, 0).taken).toBe(true);
    expect(["c", "b", "a"].map((key) => buckets.take(key, 0).taken)).toEqual([false, false, true]);
  });

  it("lets through what it says, and no more, whatever the schedule", () => {
    const rates = fc.record({ requests: fc.integer({ min: 1, max: 20 }), windowS: fc.integer({ min: 1, max: 20 }) });
    const pauses = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 100 });
    fc.assert(
      fc.property(rates, pauses, (rate, schedule) => {
        const buckets = new TokenBuckets(rate);
        const tokenMs = (rate.windowS * 1_000) / rate.requests;
        // The bucket as it is told in a sentence: it holds `requests`, and one more comes every `tokenMs`.
        let [nowMs, full] = [0, rate.requests];
        for (const pauseMs of schedule) {
          nowMs += pauseMs;
          full = Math.min(rate.requests, full + pauseMs / tokenMs);
          const { taken, left } = buckets.take("k", nowMs);
          expect(taken).toBe(full > 1 - 1e-6);
          if (taken) full -= 1;
          expect(left).toBe(Math.floor(full + 1e-6));
        }
      }),
    );
  });
});

describe("a rate", () => {
  it("is requests per seconds, and nothing else", () => {
    expect(parseRate("50/1s")).toEqual({ requests: 50, windowS: 1 });
    for (const text of ["", "50", "50/s", "0/1s", "5/0s", "-5/1s", "5/1m", "5/1s ", "1e3/1s", "5/1.5s"])
      expect(parseRate(text), text).toBeNull();
  });
});
