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
  const draws = Array.from({ length: IDS_PER_DRAW }, (_, at) => pool.subarray(at * ID_BYTES, (at + 1) * ID_BYTES));
  let used = draws.length;
  const rng = () => {
    if (used === draws.length) {
      randomFillSync(pool);
      used = 0;
    }
    return draws[used++] as Uint8Array;
  };
  return { checkoutId: () => v7({ rng }), saleId: () => `x-${v7()}`, requestId: randomUUID };
}
