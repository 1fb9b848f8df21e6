import type { Item } from "@flashgate/client";
import { signal } from "@preact/signals";
import type { Shop } from "./shopper.ts";

/** How many items are on the shelf at a time. */
export const SHELF_SIZE = 8;

/** What is known of items, by `<sale> <position>`: they never change but for their stock, which the window has. */
export const items = signal<ReadonlyMap<string, Item>>(new Map());

export const itemAt = (saleId: string, position: number): Item | undefined => items.value.get(`${saleId} ${position}`);

/** The first position of the shelf on which that one stands. */
export const shelfOf = (position: number): number => Math.floor((position - 1) / SHELF_SIZE) * SHELF_SIZE + 1;

/** Asks for a shelf of items that are not known yet. A failure leaves them unknown: whoever still looks asks again. */
export async function stockShelf({ sales }: Shop["reader"], saleId: string, start: number): Promise<void> {
  if (items.peek().has(`${saleId} ${start}`)) return;
  const found: Item[] = [];
  for await (const item of sales.items(saleId, { startingAt: start, pageSize: SHELF_SIZE })) {
    found.push(item);
    if (found.length === SHELF_SIZE) break;
  }
  items.value = new Map([...items.peek(), ...found.map((item) => [`${saleId} ${item.position}`, item] as const)]);
}
