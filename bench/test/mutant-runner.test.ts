import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inLanes } from "../src/mutants/lanes.ts";
import type { Mutant } from "../src/mutants/mutant.ts";
import { isExpected, type Outcome } from "../src/mutants/outcome.ts";
import { applyPatches, misfitsOf, PatchMisfit, patched } from "../src/mutants/patching.ts";
import { countsOf, type Row, reportJson, reportText } from "../src/mutants/report.ts";
import { hunt } from "../src/mutants/seed-hunt.ts";
import { verdictOf } from "../src/mutants/suite-run.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flashgate-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const mutant = (patches: Mutant["patches"], more: Partial<Mutant> = {}): Mutant => {
  return { name: "m", guard: "a guard", patches, ...more };
};

describe("a patch", () => {
  it("changes the one place that it names", () => {
    expect(patched("if (a) b();", { file: "f", find: "if (a) ", replace: "" })).toBe("b();");
    expect(patched("cost: $&", { file: "f", find: "cost", replace: "$&$1" })).toBe("$&$1: $&");
  });

  it.each([
    ["is not there", "c"],
    ["is there twice", "a"],
    ["is there twice, one over the other", "aba"],
    ["is nothing", ""],
    ["would stay as it is", "bab"],
  ])("does not apply where its text %s", (_, find) => {
    expect(() => patched("ababa", { file: "f", find, replace: "bab" })).toThrow(PatchMisfit);
  });

  it("is put into the files together with the others of its mutant, or not at all", async () => {
    const read = () => readFile(join(folder, "f"), "utf8");
    await writeFile(join(folder, "f"), "one two");
    const one = { file: "f", find: "one", replace: "1" };
    await expect(applyPatches(folder, [one, { file: "f", find: "six", replace: "6" }])).rejects.toThrow(PatchMisfit);
    expect(await read()).toBe("one two");
    await applyPatches(folder, [one, { file: "f", find: "1 two", replace: "1 2" }]);
    expect(await read()).toBe("1 2");
  });

  it("that misfits is told of with its mutant, and so is a name that is taken", async () => {
    await writeFile(join(folder, "f"), "one");
    const fits = mutant([{ file: "f", find: "one", replace: "1" }]);
    const misfits = await misfitsOf(folder, [fits, fits, mutant([], { name: "none" })]);
    expect(misfits).toEqual(["m: the name is taken", "none: changes nothing"]);
    expect(await misfitsOf(folder, [mutant([{ file: "gone", find: "one", replace: "1" }])])).toHaveLength(1);
  });
});

describe("a hunt for a seed", () => {
  const simulation = async (body: string) => {
    const text = `export async function simulate(seed) { ${body}; return { violation: null }; }`;
    await writeFile(join(folder, "simulation.mjs"), text);
    return hunt(folder, { first: 5, count: 20 }, "simulation.mjs");
  };

  it("ends at the first violation", async () => {
    const violation = '{ invariant: 3, message: "m" + seed }';
    expect(await simulation(`if (seed >= 9) return { violation: ${violation} }`)).toMatchObject({
      kind: "violated",
      seed: 9,
      invariant: "3",
      message: "m9",
    });
  });

  it("is clean where every seed is, the last one included", async () => {
    expect(await simulation("")).toMatchObject({ kind: "clean" });
    expect(await simulation('if (seed === 24) throw new Error("reached")')).toMatchObject({ kind: "failed", seed: 24 });
    expect(await simulation('if (seed === 25) throw new Error("reached")')).toMatchObject({ kind: "clean" });
  });

  it("fails, and has caught nothing, where the simulation throws, dies or is none", async () => {
    expect(await simulation("null.x")).toMatchObject({ kind: "failed", seed: 5 });
    expect(await simulation("process.exit()")).toMatchObject({ kind: "failed" });
    expect(await simulation("}{")).toMatchObject({ kind: "failed" });
  });
});

describe("a run of tests", () => {
  const report = (status: string, failure = "", fileStatus = status) => ({
    numTotalTests: 1,
    testResults: [
      {
        name: join(folder, "redis/test/a.test.ts"),
        status: fileStatus,
        message: "",
        assertionResults: [{ fullName: "a title", status, failureMessages: [failure] }],
      },
    ],
  });

  it("has caught a mutant with the test that fails", () => {
    const verdict = verdictOf(report("failed", "AssertionError: expected 1 to be 2\n  at"), folder);
    expect(verdict).toEqual({
      kind: "failed",
      by: "redis/test/a.test.ts › a title",
      detail: "AssertionError: expected 1 to be 2",
    });
  });

  it("has caught nothing where the change itself is broken, or no test ran", () => {
    for (const failure of ["SyntaxError: x", "ReplyError: ERR Error compiling script", "Error: x is not a function"]) {
      expect(verdictOf(report("failed", failure), folder).kind).toBe("broken");
    }
    expect(verdictOf(report("passed", "", "failed"), folder).kind).toBe("broken");
    expect(verdictOf({ numTotalTests: 0, testResults: [] }, folder).kind).toBe("broken");
    expect(verdictOf(report("passed"), folder)).toEqual({ kind: "passed" });
  });
});

describe("a report", () => {
  const caught: Outcome = { kind: "caught", by: "invariant 1", detail: "oversold", effort: { seeds: 7, seconds: 1 } };
  const survived: Outcome = { kind: "survived", effort: { seeds: 50, seconds: 1 } };
  const broken: Outcome = { kind: "broken", error: "it does not compile" };
  const argued = mutant([], { name: "argued", argument: "because" });
  const provenance = { command: "c", commit: "abc", machine: { cpu: "m", cores: 2, memoryGib: 24, node: "20" } };
  const row = (of: Mutant, outcome: Outcome): Row => ({ family: "simulated", mutant: of, outcome });

  it("is content with a mutant that is caught, and with one that is argued and is not", () => {
    const verdicts = [caught, survived, broken].map((outcome) => [
      isExpected(mutant([]), outcome),
      isExpected(argued, outcome),
    ]);
    expect(verdicts).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });

  it("names who caught what after how much, every argument, and whatever is wrong", () => {
    const rows = [row(mutant([]), caught), row(mutant([]), survived), row(argued, survived), row(argued, caught)];
    const text = reportText([...rows, row(mutant([]), broken)], provenance);
    expect(text).toContain("5 mutants: 2 caught, 1 argued, 3 not as they should be");
    expect(text).toMatch(/\| m +\| a guard +\| invariant 1: oversold +\| 7 seeds +\|/);
    expect(text).toContain("argued: because");
    expect(text).toContain("m survived: nobody misses that a guard");
    expect(text).toContain("argued is argued to survive, and was caught by invariant 1: oversold");
    expect(text).toContain("m is broken, so it says nothing: it does not compile");
    expect(countsOf(rows)).toEqual({ mutants: 4, caught: 2, argued: 1, unexpected: 2 });
    expect(reportJson(rows, provenance)).toMatchObject({
      commit: "abc",
      unexpected: 2,
      mutants: [{ by: "invariant 1" }, {}, {}, {}],
    });
  });
});

it("lanes work side by side, so many at once and no more, and keep the order of the entries", async () => {
  const running = new Set<number>();
  const ends: (() => void)[] = [];
  let most = 0;
  const done = inLanes([1, 2, 3, 4, 5], 2, async (entry) => {
    running.add(entry);
    most = Math.max(most, running.size);
    await new Promise<void>((resolve) => ends.push(resolve));
    running.delete(entry);
    return entry * 10;
  });
  // the later one first
  for (let ended = 0; ended < 5; ended++) {
    await expect.poll(() => ends.length).toBeGreaterThan(0);
    ends.pop()?.();
  }
  expect(await done).toEqual([10, 20, 30, 40, 50]);
  expect(most).toBe(2);
});
