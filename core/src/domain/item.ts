/** What is put on offer. `priceMinor` is in the currency's minor unit; `stock` is in units, at least 1. */
export interface CatalogueEntry {
  readonly id: string;
  readonly name: string;
  readonly imageUrl: string;
  readonly priceMinor: number;
  readonly stock: number;
}

/** An item as the ledger holds it. Invariant: `sold + held <= stock`, all in units. */
export interface Item extends CatalogueEntry {
  readonly saleId: string;
  /** Place in the sale's list, from 1. */
  readonly position: number;
  readonly sold: number;
  readonly held: number;
}

/** Shape of every item id: short, and safe inside keys, lines and URLs. `any` is a word of the API, never an id. */
export const ITEM_ID = /^(?!any$)[A-Za-z0-9_-]{1,64}$/;

const FINISHES = ["Amber", "Brass", "Cobalt", "Coral", "Ivory", "Jade", "Onyx", "Pearl", "Ruby", "Slate"] as const;
const STYLES = [
  "Classic",
  "Compact",
  "Folding",
  "Heritage",
  "Light",
  "Micro",
  "Modern",
  "Nordic",
  "Solar",
  "Vintage",
] as const;
const THINGS = [
  "Backpack",
  "Camera",
  "Chair",
  "Headphones",
  "Kettle",
  "Keyboard",
  "Lamp",
  "Radio",
  "Speaker",
  "Watch",
] as const;

/** Id of the item at `position` (from 1) where a catalogue names none. */
export function itemIdAt(position: number): string {
  return `i${String(position).padStart(5, "0")}`;
}

/**
 * `count` individual items of one unit each with a generated name, image and price: what an hourly sale offers.
 * The same sale id and count give the same catalogue.
 */
export function generatedCatalogue(saleId: string, count: number): CatalogueEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const id = itemIdAt(index + 1);
    return { id, name: nameAt(index), imageUrl: `/images/${saleId}/${id}.svg`, priceMinor: priceAt(index), stock: 1 };
  });
}

function nameAt(index: number): string {
  const finish = FINISHES[index % 10];
  const style = STYLES[Math.floor(index / 10) % 10];
  const thing = THINGS[Math.floor(index / 100) % 10];
  return `${style} ${finish} ${thing} No. ${index + 1}`;
}

function priceAt(index: number): number {
  return 499 + ((index * 7919) % 200) * 50;
}
