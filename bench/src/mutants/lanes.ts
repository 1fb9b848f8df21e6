/** Does `work` for every entry, up to `lanes` at once; results in the order of the entries. */
export async function inLanes<Entry, Result>(
  entries: readonly Entry[],
  lanes: number,
  work: (entry: Entry) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...entries.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
