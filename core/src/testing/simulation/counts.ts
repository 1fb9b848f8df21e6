/** How often things happened, by name. */
export type Counts = Record<string, number>;

/** Adds one run's counts to another's. */
export function addCounts(into: Counts, more: Readonly<Counts>): void {
  for (const name of Object.keys(more)) into[name] = (into[name] ?? 0) + (more[name] ?? 0);
}
