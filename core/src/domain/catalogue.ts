import { type CatalogueEntry, itemIdAt } from "./item.ts";

/** Bounds of what a catalogue may say; `unitsMax` is what the ledger's integers hold. */
export const CATALOGUE_LIMITS = { nameCharsMax: 200, imageCharsMax: 2_000, unitsMax: 2_147_483_647 } as const;

/** An item as somebody who puts on a sale writes it; `price` is in minor units. */
export interface OfferedItem {
  readonly id?: string | undefined;
  readonly name: string;
  readonly image: string;
  readonly price: number;
  readonly stock: number;
}

/** What is wrong at one place of a catalogue; an empty path is the whole of it. */
export interface CatalogueFault {
  readonly path: string;
  readonly message: string;
}

/** A catalogue of these items, each of which is usable alone. Items without an id get one by their position. */
export function catalogueOf(items: readonly OfferedItem[]): CatalogueEntry[] {
  return items.map(({ id, name, image, price, stock }, index) => ({
    id: id ?? itemIdAt(index + 1),
    name,
    imageUrl: image,
    priceMinor: price,
    stock,
  }));
}

/** What is wrong with a catalogue as a whole: ids that repeat, more units than a sale can count. */
export function catalogueFaults(entries: readonly CatalogueEntry[]): CatalogueFault[] {
  const seen = new Set<string>();
  const repeated = entries.flatMap(({ id }, index) => {
    if (seen.has(id)) return [{ path: `[${index}].id`, message: `"${id}" is another item's` }];
    seen.add(id);
    return [];
  });
  const { unitsMax } = CATALOGUE_LIMITS;
  const units = entries.reduce((sum, { stock }) => sum + stock, 0);
  const tooMany = units > unitsMax ? [{ path: "stock", message: `${units} units in all, at most ${unitsMax}` }] : [];
  return [...repeated, ...tooMany];
}
