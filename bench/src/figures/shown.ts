/** Somebody was shown so many units sold, at a moment of the clock that all share. */
export interface Shown {
  readonly sold: number;
  readonly atMs: number;
}

/**
 * For each unit that the ledger sold, in milliseconds, how much later somebody was first shown as many: a number that
 * comes seldom is late for all units that it leaps over. `soldAtMs`: when each was, in order. A unit that was never
 * shown is infinitely late.
 */
export function lateness(soldAtMs: readonly number[], shown: readonly Shown[]): number[] {
  let next = 0;
  return soldAtMs.map((atMs, index) => {
    while (next < shown.length && (shown[next]?.sold ?? 0) <= index) next += 1;
    return (shown[next]?.atMs ?? Number.POSITIVE_INFINITY) - atMs;
  });
}
