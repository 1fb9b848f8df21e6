/** How text is set off; the identity where colours are not wanted. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly warn: Paint;
  readonly bad: Paint;
}

type Paint = (text: string) => string;

/** ANSI colours, or none. */
export function palette(coloured: boolean): Palette {
  const paint = (code: number, end: number): Paint =>
    coloured ? (text) => `\x1b[${code}m${text}\x1b[${end}m` : (text) => text;
  return { bold: paint(1, 22), dim: paint(2, 22), good: paint(32, 39), warn: paint(33, 39), bad: paint(31, 39) };
}
