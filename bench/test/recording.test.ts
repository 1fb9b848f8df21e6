import { readFileSync } from "node:fs";
import { ATTEMPT_RECORDINGS } from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { type Cost, cpuMsOf, type Measurement, orderOf, pairsFor, spreadFor } from "../src/recording/comparison.ts";
import { cpuMsIn, familyCpuMs } from "../src/recording/cpu-time.ts";
import { reportText } from "../src/recording/report.ts";

const COST: Cost = { perSecond: 1_000, apiMs: 200, workerMs: 100, postgresMs: 300, walKib: 900 };

function measured(round: number, attempts: Measurement["attempts"], perSecond: number): Measurement {
  return { round, attempts, checkouts: { ...COST, perSecond }, refusals: COST };
}

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
    for (const started = stat(); stat() - started < 30; ) JSON.parse(JSON.stringify(COST));
    expect(familyCpuMs(process.pid)).toBeGreaterThanOrEqual(before + 30);
  });

  it("is not that of nobody", () => {
    expect(() => familyCpuMs(2 ** 22 + 1)).toThrow("ENOENT");
  });
});

describe("a comparison", () => {
  it("lets each setting begin a round in turn", () => {
    const orders = [1, 2, 3, 4].map(orderOf);
    expect(new Set(orders.slice(0, 3).map(([first]) => first))).toEqual(new Set(ATTEMPT_RECORDINGS));
    expect(orders[3]).toEqual(orders[0]);
    for (const order of orders) expect([...order].sort()).toEqual([...ATTEMPT_RECORDINGS].sort());
  });

  it("compares what was measured in the same round, not medians of different minutes", () => {
    const all = [
      ...[measured(1, "off", 1_000), measured(1, "all", 900)],
      ...[measured(2, "all", 450), measured(2, "off", 500)],
      ...[measured(3, "all", 1_600), measured(3, "off", 2_000)],
    ];
    const rate = ({ checkouts }: Measurement) => checkouts.perSecond;
    expect(spreadFor(all, "all", rate)).toEqual({ median: 900, min: 450, max: 1_600 });
    expect(pairsFor(all, "all", rate)).toEqual({ median: 0.9, min: 0.8, max: 0.9 });
    expect(spreadFor(all.slice(0, 4), "off", rate).median).toBe(750);
    expect(() => spreadFor(all, "accepted", rate)).toThrow("no figures");
    expect(cpuMsOf(COST)).toBe(600);
  });

  it("is told with its command, machine and commit, a column a setting", () => {
    const all = ATTEMPT_RECORDINGS.map((attempts, index) => measured(1, attempts, 1_000 + 100 * index));
    const plan = { rounds: 1, checkouts: 10_000, refusals: 5_000, connections: 64 };
    const text = reportText(all, plan, { command: "npm run attempts", commit: "abc", machine: "2 × cpu" });
    expect(text).toContain("`npm run attempts`, commit `abc`, 2 × cpu.");
    const row =
      "| a second | 1,200 (1,200–1,200) | 1,100 (1,100–1,100) | × 0.92 (0.92–0.92) | 1,000 (1,000–1,000) | × 0.83 (0.83–0.83) |";
    expect(text).toContain(row);
    expect(text.match(/^\|/gm)).toHaveLength(16);
  });
});
