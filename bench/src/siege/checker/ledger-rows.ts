import type { RejectReason, SaleState } from "@flashgate/core";
import type { Pool } from "pg";

/** A sale's row. Times are Unix milliseconds. */
export interface SaleRow {
  readonly id: string;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly settleUntilMs: number;
  readonly closedAtMs: number | null;
  readonly totalUnits: number;
  readonly soldUnits: number;
  readonly heldUnits: number;
  readonly limitPerUser: number;
  readonly epoch: number;
  readonly openEpoch: number;
  readonly state: SaleState;
}

export interface ItemRow {
  readonly itemId: string;
  readonly stock: number;
  readonly sold: number;
  readonly held: number;
}

export interface BuyerRow {
  readonly userId: string;
  readonly units: number;
}

export interface CheckoutRow {
  readonly checkoutId: string;
  readonly userId: string;
  readonly units: number;
  readonly key: string;
  readonly state: "held" | "confirmed" | "rejected" | "expired" | "cancelled";
  readonly reason: RejectReason | null;
  readonly epoch: number;
  readonly reservedAtMs: number | null;
  readonly decidedAtMs: number | null;
  /** As in core's formatLines, ordered by item. */
  readonly lines: string;
}

/** Rows read at once. */
const PAGE_ROWS = 5_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

const SALES = `
  select id, total_items as "totalUnits", items_sold as "soldUnits", items_held as "heldUnits",
    limit_per_user as "limitPerUser", epoch, open_epoch as "openEpoch", state,
    (extract(epoch from opens_at) * 1000)::float8 as "opensAtMs",
    (extract(epoch from closes_at) * 1000)::float8 as "closesAtMs",
    (extract(epoch from settle_until) * 1000)::float8 as "settleUntilMs",
    (extract(epoch from closed_at) * 1000)::float8 as "closedAtMs"
  from flashgate.sales order by opens_at, id`;

const ITEMS = `select id as "itemId", stock, sold, held from flashgate.items where sale_id = $1`;

const BUYERS = `select user_id as "userId", units from flashgate.buyers where sale_id = $1`;

const CHECKOUTS = `
  select id as "checkoutId", user_id as "userId", units, key, state, reason, epoch,
    (extract(epoch from reserved_at) * 1000)::float8 as "reservedAtMs",
    (extract(epoch from decided_at) * 1000)::float8 as "decidedAtMs",
    coalesce(
      (select string_agg(item_id || ':' || quantity, ',' order by item_id)
        from flashgate.checkout_lines as line
        where line.sale_id = checkouts.sale_id and line.checkout_id = checkouts.id),
      '') as lines
  from flashgate.checkouts where sale_id = $1 and id > $2 order by id limit $3`;

export async function readSales(pool: Pool): Promise<SaleRow[]> {
  return (await pool.query<SaleRow>(SALES)).rows;
}

export async function readItems(pool: Pool, saleId: string): Promise<ItemRow[]> {
  return (await pool.query<ItemRow>(ITEMS, [saleId])).rows;
}

export async function readBuyers(pool: Pool, saleId: string): Promise<BuyerRow[]> {
  return (await pool.query<BuyerRow>(BUYERS, [saleId])).rows;
}

/** Every checkout of a sale, page by page, by id. */
export async function* readCheckouts(pool: Pool, saleId: string): AsyncGenerator<CheckoutRow, void, undefined> {
  let after = FIRST_ID;
  for (;;) {
    const { rows } = await pool.query<CheckoutRow>(CHECKOUTS, [saleId, after, PAGE_ROWS]);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_ROWS) return;
    after = last.checkoutId;
  }
}
