/**
 * What became of a mutant.
 * - `caught`: somebody noticed; `by` says who, `effort` how much it took.
 * - `survived`: nobody did, however hard it was tried.
 * - `broken`: it does not build, or fails in a way that says nothing of the guard; never counts as caught.
 */
export type Outcome =
  | { readonly kind: "caught"; readonly by: string; readonly detail: string; readonly effort: Effort }
  | { readonly kind: "survived"; readonly effort: Effort }
  | { readonly kind: "broken"; readonly error: string };

/** How much was tried: seeds of the simulation, or seconds of tests. */
export type Effort = { readonly seeds: number; readonly seconds: number } | { readonly seconds: number };

/** Whether the outcome is the one to be proud of: caught, or, where it is argued that nobody can, not caught. */
export function isExpected(mutant: { readonly argument?: string }, outcome: Outcome): boolean {
  return outcome.kind === (mutant.argument === undefined ? "caught" : "survived");
}
