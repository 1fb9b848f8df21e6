/** One item of a checkout and how many units of it. */
export interface Line {
  readonly itemId: string;
  readonly quantity: number;
}

/** What a shopper asks for: named items, and `any` units of whatever is left. */
export interface Demand {
  readonly lines: readonly Line[];
  readonly any: number;
}

/** Units in a list of lines. */
export function unitsOf(lines: readonly Line[]): number {
  let units = 0;
  for (const line of lines) units += line.quantity;
  return units;
}

/** Units asked for in all. */
export function demandUnits(demand: Demand): number {
  return unitsOf(demand.lines) + demand.any;
}

/** The same units with each item named once, ordered by item id: the form in which lines are kept and compared. */
export function mergeLines(lines: readonly Line[]): Line[] {
  const byItem = new Map<string, number>();
  for (const { itemId, quantity } of lines) byItem.set(itemId, (byItem.get(itemId) ?? 0) + quantity);
  return [...byItem].map(([itemId, quantity]) => ({ itemId, quantity })).sort(byItemId);
}

/** The fixed order in which item rows are locked and lines are written. */
export function byItemId(a: { readonly itemId: string }, b: { readonly itemId: string }): number {
  return a.itemId < b.itemId ? -1 : a.itemId > b.itemId ? 1 : 0;
}

/** Lines as one short word, `item:quantity,item:quantity`: item ids never hold `:` or `,`. */
export function formatLines(lines: readonly Line[]): string {
  return lines.map((line) => `${line.itemId}:${line.quantity}`).join(",");
}

/** The reverse of {@link formatLines}. Throws on text that it did not write. */
export function parseLines(text: string): Line[] {
  if (text === "") return [];
  return text.split(",").map((part) => {
    const colon = part.lastIndexOf(":");
    const quantity = Number(part.slice(colon + 1));
    if (colon < 1 || !Number.isInteger(quantity) || quantity < 1) throw new Error(`not a line: "${part}"`);
    return { itemId: part.slice(0, colon), quantity };
  });
}
