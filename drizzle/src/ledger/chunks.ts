/** Rows of one statement at most: bounds its time, its memory and the size of its parameters. */
const CHUNK_ROWS = 5_000;

/** A list in pieces that fit one statement each. */
export function* chunksOf<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += CHUNK_ROWS) yield list.slice(start, start + CHUNK_ROWS);
}
