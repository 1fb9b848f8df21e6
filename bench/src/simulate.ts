import { availableParallelism } from "node:os";
import { COVERAGE_SEEDS_MIN, simulate } from "@flashgate/core/simulation";
import { Command, InvalidArgumentError, Option } from "commander";
import { provenanceOf } from "./provenance.ts";
import { codeDigest } from "./simulation/code-digest.ts";
import { runOrders } from "./simulation/crew.ts";
import { FAMILIES, type MutantOptions, runMutants } from "./simulation/mutants.ts";
import type { RangeResult } from "./simulation/range-result.ts";
import { appendResult, distinct, readResults, resumeResults, UnusableResults } from "./simulation/result-file.ts";
import { endOf, remaining, type SeedRange } from "./simulation/seed-range.ts";
import { replay, type Verdict, verdictJson, verdictOf, verdictText } from "./simulation/verdict.ts";

/** Seeds a process runs before it reports: what a kill can cost. */
const RANGE_SEEDS = 500;

interface Options {
  readonly seeds: number;
  readonly seed: number;
  readonly processes: number;
  readonly trace?: true;
  readonly json?: true;
  readonly out?: string;
  readonly merge?: string[];
  readonly mutants?: MutantOptions["family"];
  readonly only?: string;
}

const command = new Command("simulate")
  .description("Runs the production use cases under every fault, one schedule a seed, and checks all invariants.")
  .option(
    "--seeds <n>",
    `how many seeds; from ${COVERAGE_SEEDS_MIN} on, every kind of trouble must have happened`,
    count,
    10_000,
  )
  .option("--seed <s>", "the first seed", firstSeed, 1)
  .option("--processes <n>", "processes that share the seeds", count, availableParallelism())
  .option("--trace", "print every step of one seed (with --seeds 1)")
  .option("--json", "print the verdict as JSON")
  .option(
    "--out <file>",
    "write finished ranges there, one JSON line each; run again to go on where it ended (with --mutants: the report)",
  )
  .option("--merge <files...>", "judge the ranges of these files together instead of running any")
  .addOption(
    new Option("--mutants [family]", "take every guard out in turn and see that somebody notices; --seeds for each")
      .choices(FAMILIES)
      .preset("simulated"),
  )
  .option("--only <names>", "these mutants, separated by commas (with --mutants)")
  .allowExcessArguments(false)
  .action(run);

async function run(options: Options): Promise<void> {
  if (options.mutants) return tryMutants(options, options.mutants);
  if (options.only !== undefined) command.error("--only names mutants: say --mutants as well");
  if (options.trace) return traceSeed(options);
  const results = options.merge ? await merged(options.merge, options.out) : await simulated(options);
  await tell(verdictOf(results), options);
}

async function traceSeed({ seed, seeds }: Options): Promise<void> {
  if (seeds !== 1) command.error(`--trace prints one seed, not ${seeds}: say ${replay(seed)}`);
  const { violation } = await simulate(seed, { trace: (line) => console.log(line) });
  if (violation) process.exitCode = 1;
}

/** `--out` is a report here: JSON where it ends in .json, else Markdown. */
async function tryMutants(options: Options, family: MutantOptions["family"]): Promise<void> {
  const { seed: firstSeed, seeds, processes, json = false, out } = options;
  const only = options.only?.split(",") ?? [];
  const rest = { only, processes, json, ...(out === undefined ? {} : { out }) };
  process.exitCode = await runMutants({ family, firstSeed, seeds, ...rest });
}

async function merged(files: readonly string[], out: string | undefined): Promise<RangeResult[]> {
  const read = [];
  for (const file of files) {
    const results = await readResults(file);
    if (results.length === 0)
      throw new UnusableResults(`--merge: ${file} holds no results: name files written by --out`);
    read.push(...results);
  }
  const results = distinct(read, "the merge");
  if (out !== undefined) {
    if ((await readResults(out)).length > 0) throw new UnusableResults(`--out: ${out} exists: name a new file`);
    for (const result of results) await appendResult(out, result);
  }
  return results;
}

async function simulated({ seed, seeds, processes, out, json }: Options): Promise<RangeResult[]> {
  const whole: SeedRange = { first: seed, seeds };
  const code = await codeDigest();
  const known = out === undefined ? [] : await resumeResults(out);
  const stale = known.find((result) => result.code !== code);
  if (stale) {
    throw new UnusableResults(`--out: ${out} was written by other code (${stale.code}, now ${code}): name a new file`);
  }
  const results = known.filter((result) => result.first >= seed && endOf(result) <= endOf(whole));
  const orders = remaining(whole, known, RANGE_SEEDS).map((range) => ({ ...range, code }));
  const progress = progressTo(seeds, json === true);
  await runOrders(orders, processes, async (result) => {
    results.push(result);
    if (out !== undefined) await appendResult(out, result);
    progress(results);
  });
  progress(null);
  return results;
}

/** Says how far the run is, where somebody watches; null ends it. */
function progressTo(seeds: number, quiet: boolean): (results: readonly RangeResult[] | null) => void {
  if (quiet || !process.stderr.isTTY) return () => undefined;
  return (results) => {
    const done = results?.reduce((sum, result) => sum + result.seeds, 0);
    const found = results?.reduce((sum, result) => sum + result.violations.length + result.crashes.length, 0);
    process.stderr.write(results ? `\r${done} of ${seeds} seeds, ${found} violations ` : "\r\x1b[K");
  };
}

function tell(verdict: Verdict, { json }: Options): void {
  const provenance = provenanceOf("simulate");
  const text = json ? JSON.stringify(verdictJson(verdict, provenance), null, 2) : verdictText(verdict, provenance);
  console.log(text);
  if (!verdict.passed) process.exitCode = 1;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("Give a whole number, 1 or more.");
  return value;
}

function firstSeed(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("Give a whole number, 0 or more.");
  return value;
}

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof UnusableResults)) throw error;
  command.error(error.message);
}
