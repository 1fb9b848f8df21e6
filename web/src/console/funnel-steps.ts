import type { Counts, Watched } from "./shapes.ts";

/** What the gate may say that lets a shopper in: a hold of their own, or the one that their key has already. */
const LET_IN = new Set(["held", "replayed"]);

export interface Reason {
  readonly name: string;
  readonly count: number;
}

export interface FunnelStep {
  readonly name: string;
  readonly count: number;
  /** Of the widest step, 0 to 1. */
  readonly share: number;
  readonly reasons: readonly Reason[];
}

/** Attempts, those that were let in, those that have a verdict. `settled` is the ledger's, the others this api's. */
export function funnelOf({ attempts, checkouts }: Pick<Watched, "attempts" | "checkouts">): FunnelStep[] {
  const entries = Object.entries(attempts);
  const tried = sum(entries);
  const held = sum(entries.filter(([outcome]) => LET_IN.has(outcome)));
  const verdicts = Object.entries(checkouts ?? {}).filter(([state]) => state !== "held");
  const settled = sum(verdicts);
  const widest = Math.max(1, tried, held, settled);
  const step = (name: string, count: number, reasons: readonly (readonly [string, number])[]): FunnelStep => ({
    name,
    count,
    share: count / widest,
    reasons: reasons
      .map(([reason, of]) => ({ name: wordsOf(reason), count: of }))
      .toSorted((a, b) => b.count - a.count),
  });
  return [
    step(
      "Attempts",
      tried,
      entries.filter(([outcome]) => !LET_IN.has(outcome)),
    ),
    step("Held", held, []),
    step("Settled", settled, verdicts),
  ];
}

/** Whether the ledger knows of more than this api was asked for: others were, or it before it was started anew. */
export function knowsOnlyPart({ attempts, checkouts }: Pick<Watched, "attempts" | "checkouts">): boolean {
  return sum(Object.entries(checkouts ?? {})) > (attempts["held"] ?? 0);
}

export const totalOf = (counts: Counts): number => sum(Object.entries(counts));

function sum(entries: readonly (readonly [string, number])[]): number {
  return entries.reduce((total, [, count]) => total + count, 0);
}

/** `rejected:sold_out` as `rejected: sold out`. */
function wordsOf(name: string): string {
  return name.replaceAll("_", " ").replace(":", ": ");
}
