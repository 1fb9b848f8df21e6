import type { Availability } from "@flashgate/client";

/** Of which items of a sale there is something left. */
export interface ItemBits {
  readonly saleId: string;
  /** How many items there are. */
  readonly count: number;
  readonly bytes: Uint8Array;
}

export function bitsOf({ sale_id, items, available }: Availability): ItemBits {
  return { saleId: sale_id, count: items, bytes: Uint8Array.from(atob(available), (char) => char.charCodeAt(0)) };
}

/** The same items, with nothing left of any. */
export function noneOf(bits: ItemBits): ItemBits {
  return { ...bits, bytes: new Uint8Array(bits.bytes.length) };
}

/** `position` counts from 1. */
export function isLeft({ bytes }: Pick<ItemBits, "bytes">, position: number): boolean {
  const index = position - 1;
  return (((bytes[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

export function countLeft(bits: ItemBits): number {
  let left = 0;
  for (let position = 1; position <= bits.count; position += 1) if (isLeft(bits, position)) left += 1;
  return left;
}

/** The first position from `from` on, and round again, of which there is something left. Null where there is none. */
export function nextLeft(bits: ItemBits, from: number): number | null {
  for (let step = 0; step < bits.count; step += 1) {
    const position = ((from - 1 + step) % bits.count) + 1;
    if (isLeft(bits, position)) return position;
  }
  return null;
}
