/** What the contest calls an item: one word that names its sale too, since there an item's id names one item for ever. */
export interface ItemName {
  readonly saleId: string;
  readonly itemId: string;
}

const SALE_AND_ITEM = /^(\d{10}|x-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([A-Za-z0-9_-]{1,64})$/;

/** As the view `public.items` has it. */
export function formatItemName({ saleId, itemId }: ItemName): string {
  return `${saleId}-${itemId}`;
}

/** Null for what cannot name an item. */
export function parseItemName(text: string): ItemName | null {
  const [, saleId, itemId] = SALE_AND_ITEM.exec(text) ?? [];
  return saleId && itemId ? { saleId, itemId } : null;
}
