import { randomFillSync, randomUUID } from "node:crypto";
import type { Ids } from "@flashgate/core";
import { v7 } from "uuid";

const ID_BYTES = 16;
/** Random bytes are drawn for this many ids at a time: the draw costs more than the id. */
const IDS_PER_DRAW = 512;

/** When a checkout id was made, Unix milliseconds: a UUIDv7 begins with it, so every answer about it says the same. */
export function madeAtMs(checkoutId: string): number {
  return Number.parseInt(checkoutId.slice(0, 8) + checkoutId.slice(9, 13), 16);
}

/** Identifiers from the system's randomness. */
export function createIds(): Ids & { requestId(): string } {
  const pool = new Uint8Array(ID_BYTES * IDS_PER_DRAW);
  let used = pool.length;
  const rng = () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += ID_BYTES;
    return pool.slice(used - ID_BYTES, used);
  };
  return { checkoutId: () => v7({ rng }), saleId: () => `x-${v7()}`, requestId: randomUUID };
}
