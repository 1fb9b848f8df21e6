/** The numbers of the protocol's invariants. */
export const INVARIANTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
export type Invariant = (typeof INVARIANTS)[number];

/** What became of one invariant: how many times it was looked at, how often it was broken, and the first few times. */
export interface InvariantFinding {
  readonly invariant: Invariant;
  readonly checks: number;
  readonly violations: number;
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 10;

/** Collects checks and what they found, by invariant. */
export class Findings {
  readonly #found = new Map<Invariant, { checks: number; violations: number; examples: string[] }>(
    INVARIANTS.map((invariant) => [invariant, { checks: 0, violations: 0, examples: [] }]),
  );

  /** One check. `message` is made only where it does not hold. */
  expect(invariant: Invariant, holds: boolean, message: () => string): void {
    const found = this.#found.get(invariant);
    if (!found) return;
    found.checks += 1;
    if (holds) return;
    found.violations += 1;
    if (found.examples.length < EXAMPLES_MAX) found.examples.push(message());
  }

  report(): InvariantFinding[] {
    return [...this.#found].map(([invariant, found]) => ({ invariant, ...found }));
  }
}
