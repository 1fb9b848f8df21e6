import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, it } from "vitest";
import { COMPARISONS } from "../src/compare/catalogue.ts";
import type { Report } from "../src/figures/report.ts";

const PROGRAM = fileURLToPath(new URL("../dist/bench.js", import.meta.url));
const STORES = { redis: /^\d/, postgres: /^\d/ };

const FEW = [
  "--seconds",
  "2",
  "--waiting",
  "40",
  "--streams",
  "60",
  "--verdicts",
  "30",
  "--rate",
  "50",
  "--idle",
  "1",
  "--rest",
  "1",
];
const SALE = ["--items", "120", "--workers", "16"];
const ONCE = ["--shared", "--pairs", "1", "--seconds", "1", "--connections", "8", "--rows", "1000", "--queued", "200"];

interface Run {
  readonly report: Report;
  readonly stderr: string;
}

/** The machine has other things to do: whether a bound is kept is not for this test to say. */
async function measure(...args: string[]): Promise<Run> {
  const run = promisify(execFile)(process.execPath, [PROGRAM, ...args, ...SALE, "--json"]);
  const { stdout, stderr } = await run.catch((failed) => failed);
  return { report: JSON.parse(stdout), stderr };
}

/** Most of a run is waiting for deployments to come and go: both do that at once. */
describe.concurrent("a run", () => {
  it("takes each promise to who waits from a whole deployment", async ({ expect }) => {
    const { report, stderr } = await measure("waiting", "following", "streams", "ticket-streams", "contest", ...FEW);
    expect(stderr).toBe("");
    const { takes, stores } = report;
    expect(takes.map(({ figure }) => figure)).toEqual(["waiting", "following", "streams", "ticket-streams", "contest"]);
    expect(takes.flatMap(({ faults }) => faults)).toEqual([]);
    const valuesOf = (figure: string) =>
      takes.filter((take) => take.figure === figure).flatMap(({ rows }) => rows.map(({ values }) => values));
    const [orders, carts, together] = valuesOf("waiting");
    const [streams, onStream] = valuesOf("streams");
    const [tickets, onTicketStream] = valuesOf("ticket-streams");
    const [, sold] = valuesOf("contest");
    const shown = valuesOf("following").slice(0, 4);
    expect(shown.map((lag) => lag["count"])).toEqual([shown[2]?.["count"], 40, shown[0]?.["count"], 10]);
    for (const lag of shown) expect(lag["p50"]).toSatisfy((ms: number) => ms > 0 && Number.isFinite(lag["max"]));
    for (const lag of [orders, carts, onStream, onTicketStream]) expect(lag?.["count"]).toBe(30);
    expect(together?.["count"]).toBe(40);
    for (const lag of [orders, carts, together, onStream, onTicketStream]) expect(lag?.["p50"]).toBeGreaterThan(0);
    for (const memory of [streams, tickets]) expect(memory?.["most"]).toBeGreaterThan(50);
    expect(sold).toEqual({ receipts: 120, different: 120, sale: 120, ledger: 120 });
    for (const [store, version] of Object.entries(STORES))
      expect(stores).toHaveProperty(store, expect.stringMatching(version));
  }, 300_000);

  it("drains and audits each comparison before it tells a figure", async ({ expect }) => {
    const folder = mkdtempSync(join(tmpdir(), "flashgate-bench-test-"));
    try {
      const names = COMPARISONS.map(({ name }) => name);
      const table = join(folder, "deep", "RESULTS.md");
      const { report, stderr } = await measure(...names, ...ONCE, "--results", table);
      expect(stderr).toBe("");
      expect(report.takes.map(({ figure }) => figure)).toEqual(names);
      expect(report.takes.flatMap(({ faults }) => faults)).toEqual([]);
      for (const { rows } of report.takes) {
        expect(rows.length).toBeGreaterThan(0);
        for (const { values, each } of rows) {
          for (const value of Object.values(values)) expect(value).toSatisfy(Number.isFinite);
          if ("median" in values) expect(each).toHaveLength(1);
        }
      }
      const lines = readFileSync(table, "utf8").split("\n");
      for (const name of names) expect(lines.filter((line) => line.startsWith(`| ${name} |`))).not.toHaveLength(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 300_000);
});
