import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PROMISED } from "@flashgate/core/simulation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RangeResult, runRange } from "../src/simulation/range-result.ts";
import { appendResult, distinct, readResults, resumeResults, UnusableResults } from "../src/simulation/result-file.ts";
import { overlapOf, remaining } from "../src/simulation/seed-range.ts";
import { byInvariant, verdictJson, verdictOf, verdictText } from "../src/simulation/verdict.ts";

/** Seeds that every run of the tests goes through. */
const CI_SEEDS = 10_000;

const PROGRAM = fileURLToPath(new URL("../dist/simulate.js", import.meta.url));
const ALL = Object.fromEntries(PROMISED.map((name) => [name, 1]));
const PROVENANCE = {
  command: "npm run simulate",
  commit: "abc",
  machine: { cpu: "some", cores: 2, memoryGib: 24, node: "20" },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flashgate-simulation-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function simulateCommand(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { maxBuffer: 64_000_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

function range(first: number, seeds: number, over: Partial<RangeResult> = {}): RangeResult {
  return { first, seeds, code: "c0de", violations: [], crashes: [], counts: {}, seconds: 1, ...over };
}

describe("seed ranges", () => {
  it("leave to do what is not done, in pieces", () => {
    const done = [
      { first: 40, seeds: 10 },
      { first: 11, seeds: 5 },
    ];
    expect(remaining({ first: 1, seeds: 60 }, done, 10)).toEqual([
      { first: 1, seeds: 10 },
      { first: 16, seeds: 10 },
      { first: 26, seeds: 10 },
      { first: 36, seeds: 4 },
      { first: 50, seeds: 10 },
      { first: 60, seeds: 1 },
    ]);
    expect(remaining({ first: 41, seeds: 5 }, done, 10)).toEqual([]);
    expect(remaining({ first: 45, seeds: 10 }, done, 10)).toEqual([{ first: 50, seeds: 5 }]);
  });

  it("overlap where they share a seed, not where they touch", () => {
    expect(overlapOf([range(11, 10), range(1, 10)])).toBeNull();
    expect(overlapOf([range(10, 10), range(1, 10)])).toMatchObject([{ first: 1 }, { first: 10 }]);
  });
});

describe("a range of seeds", () => {
  it("adds up what its seeds report, and tells violations and crashes by seed", async () => {
    const simulate = async (seed: number) => {
      if (seed === 7) throw new TypeError("a bug");
      const violation = seed === 6 ? ({ invariant: 3, message: "one off", step: 12 } as const) : null;
      return { seed, violation, counts: { "rows held": 2 } };
    };
    let clockMs = 0;
    const result = await runRange(simulate, { first: 5, seeds: 3 }, "c0de", () => (clockMs += 1_500));
    expect(result).toMatchObject({ first: 5, seeds: 3, code: "c0de", counts: { "rows held": 4 }, seconds: 1.5 });
    expect(result.violations).toEqual([{ seed: 6, invariant: 3, message: "one off", step: 12 }]);
    expect(result.crashes).toEqual([{ seed: 7, error: expect.stringContaining("a bug") }]);
  });
});

describe("a result file", () => {
  it("gives back what was written, and goes on behind a line that a kill cut short", async () => {
    const path = join(folder, "cut.jsonl");
    expect(await readResults(path)).toEqual([]);
    await appendResult(path, range(1, 10));
    const whole = await readFile(path, "utf8");
    await writeFile(path, `${whole}${JSON.stringify(range(11, 10)).slice(0, 20)}`);
    expect(await readResults(path)).toEqual([range(1, 10)]);
    expect(await resumeResults(path)).toEqual([range(1, 10)]);
    expect(await readFile(path, "utf8")).toBe(whole);
    await appendResult(path, range(11, 10));
    expect(await readResults(path)).toEqual([range(1, 10), range(11, 10)]);
  });

  it("keeps a range that was written twice once, and takes neither overlaps nor other code", () => {
    expect(distinct([range(11, 10), range(1, 10), range(11, 10)], "here")).toEqual([range(1, 10), range(11, 10)]);
    expect(() => distinct([range(1, 10), range(5, 10)], "here")).toThrow("seeds 1–10 and 5–14, which overlap");
    expect(() => distinct([range(1, 10), range(11, 10, { code: "other" })], "here")).toThrow("different code");
  });

  it("says where it is not what simulate writes", async () => {
    const path = join(folder, "other.jsonl");
    await writeFile(path, `${JSON.stringify(range(1, 1))}\nnonsense\n`);
    await expect(readResults(path)).rejects.toThrow(`${path}:2 is not JSON`);
    await writeFile(path, '{"first":1}\n');
    await expect(readResults(path)).rejects.toThrow(UnusableResults);
  });
});

describe("the verdict", () => {
  const violation = { seed: 9, invariant: 8, message: "c0001 is gate_lost", step: 33 };

  it("passes only without violation, without crash, and with everything exercised", () => {
    expect(verdictOf([range(1, 1_000, { counts: ALL })]).passed).toBe(true);
    expect(verdictOf([range(1, 999)]).passed).toBe(true);
    expect(verdictOf([range(1, 500), range(501, 500)])).toMatchObject({ passed: false, unexercised: PROMISED });
    expect(verdictOf([range(1, 10, { violations: [violation] })]).passed).toBe(false);
    expect(verdictOf([range(1, 10, { crashes: [{ seed: 3, error: "a bug" }] })]).passed).toBe(false);
  });

  it("names each invariant with its count, and how to see a violation again", () => {
    const verdict = verdictOf([range(1, 10, { violations: [violation, violation] })]);
    expect(byInvariant(verdict)).toMatchObject({ "1": 0, "8": 2, "10": 0 });
    const text = verdictText(verdict, PROVENANCE);
    expect(text).toMatch(/^FAILED: 10 seeds, 2 violations/);
    expect(text).toMatch(/^ 8 +2 +an honest 202/m);
    expect(text).toContain("npm run simulate -- --seed 9 --seeds 1 --trace");
    expect(verdictJson(verdict, PROVENANCE)).toMatchObject({ ...PROVENANCE, passed: false, invariants: { "8": 2 } });
  });
});

describe("the command", () => {
  it(`keeps every invariant over ${CI_SEEDS} seeds that exercise all that is promised`, {
    timeout: 600_000,
  }, async () => {
    const { code, stdout, stderr } = await simulateCommand("--seeds", String(CI_SEEDS), "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ seeds: CI_SEEDS, violations: [], crashes: [], unexercised: [] });
  });

  it("goes on where an interrupted run ended, and merges runs by seed", async () => {
    const [one, two, all] = ["one", "two", "all"].map((name) => join(folder, `${name}.jsonl`)) as [
      string,
      string,
      string,
    ];
    expect((await simulateCommand("--seeds", "20", "--out", one)).code).toBe(0);
    const first = await readFile(one, "utf8");
    const longer = await simulateCommand("--seeds", "40", "--out", one, "--json");
    expect(JSON.parse(longer.stdout)).toMatchObject({ seeds: 40 });
    expect((await readFile(one, "utf8")).startsWith(first)).toBe(true);
    await simulateCommand("--seeds", "10", "--seed", "41", "--out", two);
    const merged = await simulateCommand("--merge", one, two, "--out", all, "--json");
    expect(JSON.parse(merged.stdout)).toMatchObject({ seeds: 50, passed: true });
    expect(await readResults(all)).toHaveLength(3);
    const { counts } = JSON.parse((await simulateCommand("--seeds", "50", "--json")).stdout);
    expect(JSON.parse(merged.stdout).counts).toEqual(counts);
  });

  it("prints the same trace of a seed each time", async () => {
    const [once, again] = await Promise.all(
      [1, 2].map(() => simulateCommand("--seed", "5", "--seeds", "1", "--trace")),
    );
    expect(once).toEqual(again);
    expect(once?.stdout.split("\n").length).toBeGreaterThan(100);
  });

  it.each([
    [["--seeds", "0"], "option '--seeds <n>' argument '0' is invalid. Give a whole number, 1 or more."],
    [["--seeds", "1.5"], "option '--seeds <n>' argument '1.5' is invalid"],
    [["--seed", "-1"], "option '--seed <s>' argument '-1' is invalid. Give a whole number, 0 or more."],
    [["--processes", "many"], "option '--processes <n>' argument 'many' is invalid"],
    [["--trace", "--seeds", "2"], "--trace prints one seed, not 2: say npm run simulate -- --seed 1 --seeds 1 --trace"],
    [["--merge", "nowhere.jsonl"], "--merge: nowhere.jsonl holds no results: name files written by --out"],
    [["--wrong"], "unknown option '--wrong'"],
    [["more"], "too many arguments"],
  ])("refuses %j and says what to mend", async (args, message) => {
    const { code, stdout, stderr } = await simulateCommand(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("does not go on with results of other code", async () => {
    const path = join(folder, "stale.jsonl");
    await appendResult(path, range(1, 10, { code: "0ther" }));
    const { code, stderr } = await simulateCommand("--seeds", "10", "--out", path);
    expect(code).toBe(1);
    expect(stderr).toContain("was written by other code (0ther");
  });
});
