import { readFileSync } from "node:fs";
import { ATTEMPT_RECORDINGS } from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { orderOf } from "../src/compare/attempts.ts";
import { inTurn, medianOf, ratioRow, runsRow } from "../src/compare/ratio.ts";
import { missing } from "../src/compare/reserving.ts";
import { resultsText } from "../src/compare/results.ts";
import { loadFaults } from "../src/compare/served.ts";
import { loadOf } from "../src/compare/wrk.ts";
import { cpuMsIn, familyCpuMs } from "../src/deployment/cpu-time.ts";
import { DEFAULTS, keepsBound } from "../src/figures/figure.ts";
import { takeOf } from "../src/figures/report.ts";

const STORES = { redis: "7.0", postgres: "18.4" };

describe("the time of a process", () => {
  it("is read behind its name, whatever that holds, with the children that ended", () => {
    const before = Array.from({ length: 11 }, () => "7").join(" ");
    expect(cpuMsIn(`4711 (a) b (c)) S ${before.slice(2)} 120 30 5 1 20 0 1 0 99`)).toBe(1_560);
    expect(() => cpuMsIn("")).toThrow("not a process");
    expect(() => cpuMsIn("1 (a) S 1")).toThrow("not a process");
  });

  it("grows with what the process does", () => {
    const before = familyCpuMs(process.pid);
    const stat = () => cpuMsIn(readFileSync(`/proc/${process.pid}/stat`, "utf8"));
    for (const started = stat(); stat() - started < 30; ) JSON.parse(JSON.stringify(STORES));
    expect(familyCpuMs(process.pid)).toBeGreaterThanOrEqual(before + 30);
  });

  it("is not that of nobody", () => {
    expect(() => familyCpuMs(2 ** 22 + 1)).toThrow("ENOENT");
  });
});

describe("a comparison", () => {
  it("takes both in turn, and lets each begin every other time", async () => {
    const taken: string[] = [];
    const take = (which: string) => async (pair: number) => {
      taken.push(`${which}${pair}`);
      return pair;
    };
    const { ours, theirs } = await inTurn(3, take("o"), take("t"));
    expect(taken).toEqual(["t1", "o1", "o2", "t2", "t3", "o3"]);
    expect([ours, theirs]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it("ends with a run that fails", async () => {
    const fail = () => Promise.reject(new Error("it did not drain"));
    await expect(inTurn(3, fail, async () => 1)).rejects.toThrow("it did not drain");
  });

  it("compares what was taken in the same minute, not medians of different ones", () => {
    const row = ratioRow("rate", [900, 450, 1_600], [1_000, 500, 2_000], { atLeast: 0.9 });
    expect(row.values).toEqual({ median: 0.9, min: 0.8, max: 0.9 });
    expect(row.each).toEqual([0.9, 0.9, 0.8]);
    expect(keepsBound(row)).toBe(true);
    expect(() => ratioRow("rate", [1, 2], [1])).toThrow("2 runs, and 1 beside them");
  });

  it("tells a median, and none of nothing", () => {
    expect(medianOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(medianOf([4, 1, 2, 3]).median).toBe(2.5);
    expect(() => medianOf([])).toThrow("no figures");
  });

  it("of three lets each begin a round in turn", () => {
    const orders = [1, 2, 3, 4].map(orderOf);
    expect(new Set(orders.slice(0, 3).map(([first]) => first))).toEqual(new Set(ATTEMPT_RECORDINGS));
    expect(orders[3]).toEqual(orders[0]);
    for (const order of orders) expect([...order].sort()).toEqual([...ATTEMPT_RECORDINGS].sort());
  });
});

describe("a load", () => {
  const load = { requests: 100, seconds: 1, refused: 0, failed: 0 };

  it("is read from wrk's own words, and never guessed", () => {
    const told =
      'Running 1s test\n  100 requests in 1.00s\n{"requests":100,"seconds":1.000000,"refused":0,"failed":0}\n';
    expect(loadOf(told)).toEqual(load);
    expect(() => loadOf("unable to connect")).toThrow("did not tell");
  });

  it("counts for nothing where it was answered otherwise than it should be", () => {
    expect(loadFaults("it", load, false)).toEqual([]);
    expect(loadFaults("it", { ...load, refused: 100 }, true)).toEqual([]);
    expect(loadFaults("it", { ...load, refused: 3 }, false)).toEqual(["it answered 3 of 100 otherwise than all"]);
    expect(loadFaults("it", { ...load, refused: 97 }, true)).toEqual(["it answered 3 of 100 otherwise than all"]);
    expect(loadFaults("it", { ...load, failed: 2 }, false)).toEqual(["it left 2 requests without an answer"]);
    expect(loadFaults("it", { ...load, requests: 0 }, false)).toEqual(["it answered nothing"]);
  });

  it("counts for nothing where what was promised is not settled", () => {
    expect([missing(100, 100), missing(100, 116)]).toEqual([[], []]);
    expect(missing(100, 99)).toEqual(["100 checkouts were reserved, and 99 settled"]);
  });
});

describe("the page of results", () => {
  const report = (faults: string[]) => {
    const rows = [
      runsRow("settled", "/s", [11_500, 11_000, 12_000], { atLeast: 12_000 }),
      runsRow("one", "ms", [0.1234]),
    ];
    const take = takeOf("whole", { rows, faults, ...STORES });
    const machine = { cpu: "some", cores: 2, memoryGib: 24, node: "20" };
    const provenance = { command: "npm run bench -- whole", commit: "abc-dirty", machine };
    const takes = [take];
    return resultsText({
      ...provenance,
      ok: take.ok,
      startedAt: "2026-11-25T01",
      stores: STORES,
      settings: DEFAULTS,
      takes,
    });
  };

  it("names machine, commit and command, and has a row for each figure with its promise", () => {
    const text = report([]);
    expect(text).toContain("commit `abc-dirty`, 2 × some, 24 GiB, Node 20, PostgreSQL 18.4, Redis 7.0.");
    expect(text).toContain("\nnpm run bench -- whole\n");
    expect(text).toContain("| whole | settled | 11,500 (11,000–12,000) /s | median ≥ 12000: **broken** |");
    expect(text).toContain("| whole | one | 0.123 ms |  |");
    expect(text).not.toContain("worth nothing");
  });

  it("says what did not drain", () => {
    expect(report(["x did not drain"])).toContain("- whole: x did not drain");
  });
});
