import type { Promised } from "./plan.ts";
import type { Reopening } from "./reopening.ts";

/** What a run must have exercised to count. */
export interface Floors {
  readonly promised: Promised;
  readonly attempts: number;
  readonly acknowledged: number;
  /** Checkouts that ended in each of the four verdict states. */
  readonly eachVerdict: number;
  /** Holds that each loss of Redis data destroyed, at least, on average. */
  readonly holdsLost: number;
  /** Gates that were seen to reopen with nothing else in their way, and what each may take. */
  readonly reopenings: number;
  readonly reopenMsMax: number;
  readonly settleMsMax: number;
}

/** What it did exercise. */
export interface Exercised {
  /** Faults that took, by label. */
  readonly faults: ReadonlyMap<string, number>;
  readonly attempts: number;
  readonly acknowledged: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly holdsLost: readonly number[];
  readonly reopenings: readonly Reopening[];
  /** Tickets without an end, and the longest that one took after everything was whole again. */
  readonly pending: number;
  readonly settledMsMax: number;
}

export const VERDICTS = ["confirmed", "rejected", "expired", "cancelled"] as const;

/** A sentence for each promise that the run did not keep; empty when it counts. */
export function shortfalls(floors: Floors, run: Exercised): string[] {
  const { promised } = floors;
  const done = (prefix: string) =>
    [...run.faults].reduce((sum, [label, count]) => sum + (label.startsWith(prefix) ? count : 0), 0);
  const lost = run.holdsLost.reduce((sum, holds) => sum + holds, 0);
  return [
    ...Object.entries(promised.kills).flatMap(([target, wanted]) =>
      tooFew(`kills of ${target}`, done(`kill ${target}`), wanted),
    ),
    ...tooFew("stops and partitions", done("stop ") + done("partition "), promised.stopsAndPartitions),
    ...tooFew("losses of Redis data", done("loss "), promised.losses),
    ...tooFew("checkout attempts", run.attempts, floors.attempts),
    ...tooFew("acknowledged checkouts", run.acknowledged, floors.acknowledged),
    ...VERDICTS.flatMap((state) => tooFew(`checkouts ${state}`, run.verdicts[state] ?? 0, floors.eachVerdict)),
    ...tooFew("holds destroyed", lost, floors.holdsLost * run.holdsLost.length),
    ...tooFew("undisturbed reopenings", undisturbed(run.reopenings).length, floors.reopenings),
    ...slowReopenings(undisturbed(run.reopenings), floors.reopenMsMax),
    ...(run.pending > 0 ? [`${run.pending} tickets had not ended in time`] : []),
    ...(run.settledMsMax > floors.settleMsMax
      ? [`a ticket took ${run.settledMsMax} ms to end after the healing, at most ${floors.settleMsMax} are allowed`]
      : []),
  ];
}

/** Only those count beside which nothing else was wrong with whoever opens gates. */
function undisturbed(reopenings: readonly Reopening[]): Reopening[] {
  return reopenings.filter(({ disturbedBy }) => disturbedBy.length === 0);
}

function slowReopenings(reopenings: readonly Reopening[], msMax: number): string[] {
  return reopenings
    .filter(({ tookMs }) => tookMs === null || tookMs > msMax)
    .map(({ cause, tookMs }) => {
      const took = tookMs === null ? "never" : `after ${Math.round(tookMs)} ms`;
      return `the gates reopened ${took} after "${cause}", at most ${msMax} ms are allowed`;
    });
}

function tooFew(what: string, done: number, wanted: number): string[] {
  return done < wanted ? [`${done} ${what}, at least ${wanted} were promised`] : [];
}
