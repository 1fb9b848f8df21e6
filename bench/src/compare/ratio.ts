import type { Bound, Goal, Row } from "../figures/figure.ts";

/** A figure of several runs. */
export interface Median {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws where there is no figure. */
export function medianOf(figures: readonly number[]): Median {
  const sorted = figures.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (min === undefined || max === undefined || low === undefined || high === undefined) throw new Error("no figures");
  return { median: (low + high) / 2, min, max };
}

/** Several runs of one thing, and what is promised of their median. */
export function runsRow(what: string, unit: string, each: readonly number[], goal?: Goal): Row {
  const bound: Bound | undefined = goal && { of: "median", ...goal };
  return { what, unit, values: { ...medianOf(each) }, each, ...(bound ? { bound } : {}) };
}

/** Each of the first to the one of the second that was taken beside it, and so had the same minute of the machine. */
export function ratioRow(what: string, ours: readonly number[], theirs: readonly number[], goal?: Goal): Row {
  if (ours.length !== theirs.length) throw new Error(`${what}: ${ours.length} runs, and ${theirs.length} beside them`);
  const each = ours.map((value, index) => value / (theirs[index] ?? Number.NaN));
  return runsRow(what, "times", each, goal);
}

/**
 * Takes both, in turn, so many times; who begins changes, so that neither always has the colder machine. A run that fails
 * ends the figure.
 */
export async function inTurn<Ours, Theirs>(
  pairs: number,
  ours: (pair: number) => Promise<Ours>,
  theirs: (pair: number) => Promise<Theirs>,
): Promise<{ readonly ours: readonly Ours[]; readonly theirs: readonly Theirs[] }> {
  const taken: { ours: Ours[]; theirs: Theirs[] } = { ours: [], theirs: [] };
  for (let pair = 1; pair <= pairs; pair += 1) {
    if (pair % 2 === 1) taken.theirs.push(await theirs(pair));
    taken.ours.push(await ours(pair));
    if (pair % 2 === 0) taken.theirs.push(await theirs(pair));
  }
  return taken;
}

/** Does it so many times, one after the other. */
export async function repeated<Value>(times: number, act: (run: number) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for (let run = 1; run <= times; run += 1) values.push(await act(run));
  return values;
}
