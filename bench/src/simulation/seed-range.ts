/** Seeds `first` to `first + seeds - 1`. */
export interface SeedRange {
  readonly first: number;
  readonly seeds: number;
}

/** One past the last seed. */
export function endOf({ first, seeds }: SeedRange): number {
  return first + seeds;
}

/** The parts of `whole` that no range of `done` covers, each of at most `seedsMax`, in order. */
export function remaining(whole: SeedRange, done: readonly SeedRange[], seedsMax: number): SeedRange[] {
  const parts: SeedRange[] = [];
  const fill = (from: number, to: number) => {
    for (let first = from; first < to; first += seedsMax) parts.push({ first, seeds: Math.min(seedsMax, to - first) });
  };
  let from = whole.first;
  for (const range of done.toSorted((a, b) => a.first - b.first)) {
    fill(from, Math.min(range.first, endOf(whole)));
    from = Math.max(from, endOf(range));
  }
  fill(from, endOf(whole));
  return parts;
}

/** The first two ranges that share a seed; null where none do. */
export function overlapOf<Range extends SeedRange>(ranges: readonly Range[]): readonly [Range, Range] | null {
  const sorted = ranges.toSorted((a, b) => a.first - b.first);
  for (const [index, range] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next && next.first < endOf(range)) return [range, next];
  }
  return null;
}

/** `1–1000`, for people. */
export function wordsFor(range: SeedRange): string {
  return `${range.first}–${endOf(range) - 1}`;
}
