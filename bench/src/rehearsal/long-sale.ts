import { type CatalogueEntry, itemIdAt, LIMIT_PER_USER } from "@flashgate/core";
import { v7 } from "uuid";
import { whenSelling } from "../fleet/sale-opening.ts";
import type { Stores } from "../siege/stores.ts";

const ITEMS = 500;
/** Of each item: some sell out, the sale does not. */
const STOCK = 400;
const WINDOW_MS = 3_600_000;

export interface LongSale {
  readonly saleId: string;
  readonly itemIds: readonly string[];
}

/** Puts on a sale that lasts longer than any run. Resolves once it has sold its first unit through the api at `url`. */
export async function openLongSale(stores: Stores, url: string): Promise<LongSale> {
  const saleId = `x-${v7()}`;
  const nowMs = Date.now();
  const catalogue: CatalogueEntry[] = Array.from({ length: ITEMS }, (_, index) => ({
    id: itemIdAt(index + 1),
    name: `Piece ${index + 1}`,
    imageUrl: "/piece.svg",
    priceMinor: 100,
    stock: STOCK,
  }));
  const closesAtMs = nowMs + WINDOW_MS;
  await stores.ledger.schedule(
    { id: saleId, opensAtMs: nowMs, closesAtMs, settleUntilMs: closesAtMs + WINDOW_MS, limitPerUser: LIMIT_PER_USER },
    catalogue,
  );
  await whenSelling(stores, saleId, () => sells(url, saleId));
  return { saleId, itemIds: catalogue.map(({ id }) => id) };
}

/** An api hears of an opening a moment later. */
async function sells(url: string, saleId: string): Promise<boolean> {
  const answer = await fetch(`${url}/v1/sales/${saleId}/checkouts`, {
    method: "POST",
    headers: { "x-user-id": "first", "content-type": "application/json" },
    body: '{"items":[{"item_id":"any","quantity":1}]}',
  });
  return answer.status === 202;
}
