/**
 * Rows under a head, each column as wide as its widest cell. `numbersFrom`: columns from there on hold numbers and so end
 * together; none, unless it is said. The first line is the head.
 */
export function alignedLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom = head.length,
): [head: string, ...rows: string[]] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < numbersFrom ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map(line)];
}
