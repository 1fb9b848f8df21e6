/** The invariants of the protocol, each in a phrase. */
export const INVARIANTS = {
  1: "confirmed and held stay within the stock, and counters equal their rows",
  2: "a user's units are what was confirmed, within the limit",
  3: "the gate counts every unit once",
  4: "at rest gate and ledger agree, and nothing is held",
  5: "every 202 ends in one verdict, which never changes",
  6: "nothing is confirmed that nobody attempted",
  7: "one checkout a key",
  8: "an honest 202: gate_lost only for what was destroyed, no early expiry, no line lost",
  9: "enough demand sells everything",
  10: "epochs only grow, nothing sells outside its window or after the close, one hourly sale an hour",
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** A promise of the protocol that was broken: which invariant, and what was found. */
export class Violation extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, message: string) {
    super(message);
    this.name = "Violation";
    this.invariant = invariant;
  }
}

/** Throws a {@link Violation} unless the promise holds. */
export function insist(invariant: Invariant, holds: boolean, message: () => string): void {
  if (!holds) throw new Violation(invariant, message());
}
