import { addCounts, type Counts, type SeedReport } from "@flashgate/core/simulation";
import { z } from "zod";
import type { SeedRange } from "./seed-range.ts";

/** What a range of seeds came to. */
export interface RangeResult extends SeedRange {
  /** Digest of the code that ran: results of other code say nothing about this one. */
  readonly code: string;
  readonly violations: readonly { seed: number; invariant: number; message: string; step: number }[];
  /** Seeds that ended in an error that is no violation: a bug of the code under test or of the simulation. */
  readonly crashes: readonly { seed: number; error: string }[];
  readonly counts: Readonly<Counts>;
  readonly seconds: number;
}

const whole = z.number().int().nonnegative();

/** The shape of a line of a result file. */
export const RANGE_RESULT = z.strictObject({
  first: whole,
  seeds: whole.positive(),
  code: z.string(),
  violations: z.array(z.strictObject({ seed: whole, invariant: whole, message: z.string(), step: whole })),
  crashes: z.array(z.strictObject({ seed: whole, error: z.string() })),
  counts: z.record(z.string(), z.number()),
  seconds: z.number().nonnegative(),
});

/** Runs a range of seeds, one after the other. `nowMs` times it. */
export async function runRange(
  simulate: (seed: number) => Promise<SeedReport>,
  { first, seeds }: SeedRange,
  code: string,
  nowMs: () => number,
): Promise<RangeResult> {
  const counts: Counts = {};
  const violations: RangeResult["violations"][number][] = [];
  const crashes: RangeResult["crashes"][number][] = [];
  const startedMs = nowMs();
  for (let seed = first; seed < first + seeds; seed += 1) {
    try {
      const report = await simulate(seed);
      addCounts(counts, report.counts);
      if (report.violation) violations.push({ seed, ...report.violation });
    } catch (error) {
      crashes.push({ seed, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  return { first, seeds, code, violations, crashes, counts, seconds: Math.round(nowMs() - startedMs) / 1_000 };
}
