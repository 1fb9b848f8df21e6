/** Runs test files on a copy of the workspaces, and reads off whether they noticed anything. */
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import type { RealMutant } from "./mutant.ts";
import type { Outcome } from "./outcome.ts";
import { applyPatches } from "./patching.ts";
import { copyOfWorkspaces, type SourceCopy } from "./source-copy.ts";

/** What the tests of the real adapters need. */
const WORKSPACES = ["core", "redis", "drizzle"];
/** Suites of random sequences are cut short: what they notice at all they notice soon. */
const SEQUENCES = { GATE_SEQUENCES: "600", LEDGER_SEQUENCES: "150" };
/** A run that takes longer hangs, which no test has said. */
const RUN_MS_MAX = 300_000;

/** What vitest writes with `--reporter=json`, as far as it matters here. */
interface VitestReport {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** One mutant before its tests, in a copy of its own. */
export async function trySuites(mutant: RealMutant): Promise<Outcome> {
  const copy = await copyOfWorkspaces(WORKSPACES);
  try {
    await applyPatches(copy.root, mutant.patches);
    return await runSuites(copy, mutant.tests);
  } finally {
    await copy.dispose();
  }
}

/** The same tests before the sources as they are: what must pass, or nothing that fails means anything. */
export async function tryUnchanged(tests: readonly string[]): Promise<Outcome> {
  const copy = await copyOfWorkspaces(WORKSPACES);
  try {
    return await runSuites(copy, tests);
  } finally {
    await copy.dispose();
  }
}

async function runSuites(copy: SourceCopy, tests: readonly string[]): Promise<Outcome> {
  const startedMs = performance.now();
  const effort = () => ({ seconds: Math.round((performance.now() - startedMs) / 100) / 10 });
  for (const test of tests) {
    const verdict = await runTwice(copy.root, test);
    if (verdict.kind === "failed") return { kind: "caught", by: verdict.by, detail: verdict.detail, effort: effort() };
    if (verdict.kind === "broken") return verdict;
  }
  return { kind: "survived", effort: effort() };
}

/** A failure counts when it comes again: a test that fails now and then has noticed nothing. */
async function runTwice(root: string, test: string): Promise<SuiteVerdict> {
  const verdict = await runVitest(root, test);
  return verdict.kind === "failed" ? runVitest(root, test) : verdict;
}

async function runVitest(root: string, test: string): Promise<SuiteVerdict> {
  const reportFile = join(root, "vitest-report.json");
  await rm(reportFile, { force: true });
  const args = ["run", "--project", "rooms", "--bail", "1", "--maxWorkers", "1"];
  args.push("--reporter", "json", "--outputFile", reportFile, test);
  const words = await new Promise<string>((resolve) => {
    const vitest = [join(root, "node_modules/vitest/vitest.mjs"), ...args];
    const env = { ...process.env, ...SEQUENCES };
    const settings = { cwd: root, env, timeout: RUN_MS_MAX, maxBuffer: 64 * 1_024 * 1_024 };
    execFile(process.execPath, vitest, settings, (error, stdout, stderr) => {
      resolve(error?.killed ? `no end after ${RUN_MS_MAX / 1_000} s` : `${stdout}\n${stderr}`);
    });
  });
  try {
    return verdictOf(JSON.parse(await readFile(reportFile, "utf8")) as VitestReport, root);
  } catch {
    return { kind: "broken", error: `${test} did not run: ${words.trim().slice(-500)}` };
  }
}

export type SuiteVerdict =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly by: string; readonly detail: string }
  | { readonly kind: "broken"; readonly error: string };

/** Faults of the change itself: it is not Lua, SQL or TypeScript any more, or names what is not there. */
const NOT_A_FAILURE =
  /SyntaxError|ReferenceError|Error compiling script|nonexistent global variable|syntax error at or near|Transform failed|Parse failure|is not a function|is not defined/;

/** What a report says of the sources that it was made of. */
export function verdictOf(report: VitestReport, root: string): SuiteVerdict {
  const files = report.testResults;
  for (const { name, assertionResults } of files) {
    for (const { fullName, status, failureMessages } of assertionResults) {
      if (status !== "failed") continue;
      const [detail = ""] = failureMessages.join("\n").split("\n");
      if (NOT_A_FAILURE.test(failureMessages.join("\n"))) return { kind: "broken", error: `${fullName}: ${detail}` };
      return { kind: "failed", by: `${relative(root, name)} › ${fullName}`, detail };
    }
  }
  const unread = files.find(({ status }) => status === "failed");
  if (unread) return { kind: "broken", error: `${relative(root, unread.name)}: ${unread.message}` };
  return report.numTotalTests > 0 ? { kind: "passed" } : { kind: "broken", error: "no test ran" };
}
