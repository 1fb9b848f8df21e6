import { addCounts, type Counts, INVARIANTS, unexercised } from "@flashgate/core/simulation";
import { machineText, type Provenance } from "../provenance.ts";
import type { RangeResult } from "./range-result.ts";

/** What all ranges of a run came to together. */
export interface Verdict {
  readonly seeds: number;
  readonly violations: RangeResult["violations"];
  readonly crashes: RangeResult["crashes"];
  /** Promised things that never happened. */
  readonly unexercised: readonly string[];
  readonly counts: Readonly<Counts>;
  /** Processor time of all processes together. */
  readonly seconds: number;
  readonly passed: boolean;
}

/** Violations and crashes that a report spells out. */
const SPELLED_OUT_MAX = 10;

export function verdictOf(results: readonly RangeResult[]): Verdict {
  const counts: Counts = {};
  for (const result of results) addCounts(counts, result.counts);
  const seeds = results.reduce((sum, result) => sum + result.seeds, 0);
  const violations = results.flatMap((result) => result.violations);
  const crashes = results.flatMap((result) => result.crashes);
  const missing = unexercised(seeds, counts);
  const passed = violations.length + crashes.length + missing.length === 0;
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  return { seeds, violations, crashes, unexercised: missing, counts, seconds, passed };
}

/** Violations by invariant, those with none included. */
export function byInvariant({ violations }: Pick<Verdict, "violations">): Record<string, number> {
  const counts = Object.fromEntries(Object.keys(INVARIANTS).map((invariant) => [invariant, 0]));
  for (const { invariant } of violations) counts[invariant] = (counts[invariant] ?? 0) + 1;
  return counts;
}

export function verdictJson(verdict: Verdict, provenance: Provenance): object {
  const { counts, ...rest } = verdict;
  return { ...provenance, ...rest, invariants: byInvariant(verdict), counts: sorted(counts) };
}

/** The verdict for people: a line for each invariant, what was exercised, and how to see every violation again. */
export function verdictText(verdict: Verdict, { command, commit, machine }: Provenance): string {
  const found = byInvariant(verdict);
  const lines = Object.entries(INVARIANTS).map(
    ([invariant, phrase]) => `${invariant.padStart(2)}  ${String(found[invariant] ?? 0).padStart(7)}  ${phrase}`,
  );
  return [
    `${verdict.passed ? "passed" : "FAILED"}: ${verdict.seeds} seeds, ${verdict.violations.length} violations`,
    ["inv  found", ...lines].join("\n"),
    summaryOf(verdict.counts),
    ...verdict.violations.slice(0, SPELLED_OUT_MAX).map(({ seed, invariant, message, step }) => {
      return `seed ${seed}, step ${step}, invariant ${invariant}: ${message}\n  ${replay(seed)}`;
    }),
    ...verdict.crashes
      .slice(0, SPELLED_OUT_MAX)
      .map(({ seed, error }) => `seed ${seed} crashed\n  ${replay(seed)}\n${error}`),
    ...(verdict.unexercised.length > 0 ? [`promised, but never happened: ${verdict.unexercised.join(", ")}`] : []),
    `${command}, ${commit}, ${machineText(machine)}, ${Math.round(verdict.seconds)} s of one processor`,
  ].join("\n\n");
}

/** The command that shows a seed again, step by step. */
export function replay(seed: number): string {
  return `npm run simulate -- --seed ${seed} --seeds 1 --trace`;
}

function summaryOf(counts: Readonly<Counts>): string {
  const of = (name: string) => counts[name] ?? 0;
  const sum = (prefix: string) =>
    Object.entries(counts).reduce((total, [name, count]) => total + (name.startsWith(prefix) ? count : 0), 0);
  const promised = Object.entries(sorted(counts)).filter(([name]) => name.startsWith("promised "));
  return [
    `202s that ended: ${promised.map(([name, count]) => `${count} ${name.slice("promised ".length)}`).join(", ")}`,
    `faults: ${sum("killed ")} kills, ${sum("redis ")} of Redis, ${sum("queue ")} of the queue, ${of("gate call fail") + of("ledger call fail")} calls failed, ${of("gate call lose") + of("ledger call lose")} answers lost, ${sum("late ")} calls late`,
    `${of("gates opened")} gates opened, ${of("holds destroyed")} holds destroyed, ${of("rows held")} adopted, ${of("sold out")} sales sold out`,
  ].join("\n");
}

function sorted(counts: Readonly<Counts>): Counts {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
