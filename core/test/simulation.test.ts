import { PROMISED, simulate, unexercised } from "@flashgate/core/simulation";
import { describe, expect, it } from "vitest";
import { Random } from "../src/testing/simulation/random.ts";

describe("the simulation", () => {
  it("keeps every invariant under the schedules of its first seeds", async () => {
    for (let seed = 1; seed <= 100; seed += 1) expect(await simulate(seed)).toMatchObject({ seed, violation: null });
  });

  it("replays a seed to the same trace, whatever ran before it", async () => {
    const traceOf = async (seed: number) => {
      const lines: string[] = [];
      const report = await simulate(seed, { trace: (line) => lines.push(line) });
      return { lines, report };
    };
    const first = await traceOf(77);
    await simulate(78);
    expect(await traceOf(77)).toEqual(first);
    expect(first.lines.length).toBeGreaterThan(100);
    expect((await traceOf(78)).lines).not.toEqual(first.lines);
    expect(await simulate(77)).toEqual(first.report);
  });

  it("names what was promised and never done, once a run is long enough to promise anything", () => {
    expect(unexercised(999, {})).toEqual([]);
    expect(unexercised(1_000, {})).toEqual(PROMISED);
    const all = Object.fromEntries(PROMISED.map((name) => [name, 1]));
    expect(unexercised(1_000, all)).toEqual([]);
    expect(unexercised(1_000, { ...all, "redis wipe": 0 })).toEqual(["redis wipe"]);
  });
});

describe("the random stream", () => {
  it("is the seed's own, and even", () => {
    const draws = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 10_000 }, () => random.next());
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    const mean = draws(3).reduce((sum, draw) => sum + draw, 0) / 10_000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });

  it("draws whole numbers from both ends, and names by their weight", () => {
    const random = new Random(4);
    const ints = new Set(Array.from({ length: 1_000 }, () => random.int(2, 4)));
    expect([...ints].sort()).toEqual([2, 3, 4]);
    const drawn = Array.from({ length: 4_000 }, () => random.weighted({ often: 3, seldom: 1, never: 0 }));
    const share = drawn.filter((name) => name === "often").length / drawn.length;
    expect(Math.abs(share - 0.75)).toBeLessThan(0.05);
    expect(drawn).not.toContain("never");
    expect(() => random.weighted({ never: 0 })).toThrow("nothing has any weight");
    expect(() => random.pick([])).toThrow("nothing to pick from");
    expect(random.draw([])).toBeUndefined();
  });
});
