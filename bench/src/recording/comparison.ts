import { ATTEMPT_RECORDINGS, type AttemptRecording } from "@flashgate/core";

/** What 1,000 requests cost, and how many were done a second. CPU in milliseconds of one processor. */
export interface Cost {
  readonly perSecond: number;
  readonly apiMs: number;
  readonly workerMs: number;
  readonly postgresMs: number;
  readonly walKib: number;
}

/** One sale of one round: checkouts until they were settled, refusals until they were recorded. */
export interface Measurement {
  readonly attempts: AttemptRecording;
  readonly round: number;
  readonly checkouts: Cost;
  readonly refusals: Cost;
}

/** A figure of several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export type Part = "checkouts" | "refusals";

/** The three settings in the order of a round: each is first in turn, so that none always has the colder machine. */
export function orderOf(round: number): readonly AttemptRecording[] {
  const first = round % ATTEMPT_RECORDINGS.length;
  return [...ATTEMPT_RECORDINGS.slice(first), ...ATTEMPT_RECORDINGS.slice(0, first)];
}

/** Throws where there is no figure. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (min === undefined || max === undefined || low === undefined || high === undefined) throw new Error("no figures");
  return { median: (low + high) / 2, min, max };
}

/** A setting's figures over all rounds. */
export function spreadFor(
  all: readonly Measurement[],
  attempts: AttemptRecording,
  figure: (measurement: Measurement) => number,
): Spread {
  return spreadOf(all.filter((each) => each.attempts === attempts).map(figure));
}

/** A setting's figure divided by that of `off` in the same round, which shares its minute: over all rounds. */
export function pairsFor(
  all: readonly Measurement[],
  attempts: AttemptRecording,
  figure: (measurement: Measurement) => number,
): Spread {
  const off = new Map(all.filter((each) => each.attempts === "off").map((each) => [each.round, figure(each)]));
  const ratios = all.flatMap((each) => {
    const base = off.get(each.round);
    return each.attempts === attempts && base !== undefined ? [figure(each) / base] : [];
  });
  return spreadOf(ratios);
}

/** Processor time of 1,000 requests in all three. */
export function cpuMsOf({ apiMs, workerMs, postgresMs }: Cost): number {
  return apiMs + workerMs + postgresMs;
}
