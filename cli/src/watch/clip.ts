const ESCAPE = "\x1b";
/** An escape sequence that sets a colour, or one character. */
const PIECE = new RegExp(`${ESCAPE}\\[[\\d;]*m|[^]`, "gu");
const RESET = `${ESCAPE}[0m`;

/** The first columns of a line, colours not counted; one that is cut ends uncoloured. */
export function clip(line: string, columns: number): string {
  let left = columns;
  let kept = "";
  for (const [piece] of line.matchAll(PIECE)) {
    const width = piece.startsWith(ESCAPE) ? 0 : 1;
    if (width > left) return kept.includes(ESCAPE) ? kept + RESET : kept;
    left -= width;
    kept += piece;
  }
  return kept;
}
