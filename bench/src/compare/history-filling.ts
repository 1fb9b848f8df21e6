import { v7 } from "uuid";
import type { Shop } from "../deployment/shop.ts";

/** Orders of a sale that is over: small sales, so that there are many of them among few orders too. */
const ORDERS_A_SALE = 1_000;
/** Orders of one of its shoppers; every other has one. */
const ORDERS_OF_ONE = 10;
const HOUR_MS = 3_600_000;

/**
 * Fills the tables with sales that are over: every order confirmed, with its line, its buyer and its accepted attempt, as
 * settling would have left them. Ids begin with their time, as all do.
 */
export async function fillHistory(shop: Shop, orders: number): Promise<FilledSale> {
  const sales: string[] = [];
  for (let from = 0; from < orders; from += ORDERS_A_SALE) {
    sales.push(await fillSale(shop, Math.min(ORDERS_A_SALE, orders - from), from));
  }
  for (const statement of ["vacuum analyze", "checkpoint"]) await shop.pool.query(statement);
  return lastOf(shop, sales[0] ?? "");
}

/** The latest of the sales that were filled in, and a checkout of the shopper who bought most in it. */
export interface FilledSale {
  readonly saleId: string;
  readonly userId: string;
  readonly checkoutId: string;
}

async function lastOf({ pool }: Shop, saleId: string): Promise<FilledSale> {
  const { rows } = await pool.query<FilledSale>(
    `select sale_id as "saleId", user_id as "userId", max(id::text) as "checkoutId" from flashgate.checkouts
     where sale_id = $1 group by sale_id, user_id order by count(*) desc limit 1`,
    [saleId],
  );
  if (!rows[0]) throw new Error(`nothing was filled into ${saleId}`);
  return rows[0];
}

async function fillSale({ pool }: Shop, orders: number, from: number): Promise<string> {
  const id = `old-${v7()}`;
  const closedAtMs = Date.now() - (2 + Math.floor(from / ORDERS_A_SALE)) * HOUR_MS;
  const client = await pool.connect();
  try {
    await client.query("begin");
    for (const statement of STATEMENTS) {
      const values = [id, orders, closedAtMs - HOUR_MS, from].slice(0, statement.values);
      await client.query(statement.text, values);
    }
    await client.query("commit");
    return id;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

/** The id of the nth checkout: its millisecond, then chance. Shoppers come from all over the alphabet. */
const CHECKOUT_IDS = `
  create temporary table filling on commit drop as
  select n, case when n <= ${ORDERS_OF_ONE} then 'often-' || $4::int else substr(md5($1 || n), 1, 8) || '-u-' || $4::int + n end as user_id, to_timestamp(($3::float8 + n) / 1000) as at,
    (lpad(to_hex($3::bigint + n), 12, '0') || '7' || substr(md5(n::text || $1), 1, 3) || '8' || substr(md5(n::text || $1), 5, 15))::uuid as id
  from generate_series(1, $2::int) as n`;

const STATEMENTS: readonly { readonly text: string; readonly values: number }[] = [
  {
    values: 3,
    text: `insert into flashgate.sales (id, opens_at, closes_at, settle_until, total_items, items_sold, limit_per_user, epoch, open_epoch, state, closed_at)
      select $1, at, at + interval '30 minutes', at + interval '1 hour', $2::int, $2::int, 10, 1, 1, 'closed', at + interval '1 hour'
      from (select to_timestamp($3::float8 / 1000) as at) as t`,
  },
  {
    values: 2,
    text: `insert into flashgate.items (sale_id, id, position, name, image_url, price_minor, stock, sold)
      values ($1, 'item-1', 1, 'One', '/one.svg', 100, $2::int, $2::int)`,
  },
  { values: 4, text: CHECKOUT_IDS },
  {
    values: 1,
    text: "insert into flashgate.buyers (sale_id, user_id, units) select $1, user_id, count(*) from filling group by user_id",
  },
  {
    values: 1,
    text: `insert into flashgate.checkouts (sale_id, id, user_id, units, key, fingerprint, epoch, state, reserved_at, decided_at)
      select $1, id, user_id, 1, '', '', 1, 'confirmed', at, at from filling order by n`,
  },
  {
    values: 1,
    text: `insert into flashgate.checkout_lines (sale_id, checkout_id, item_id, quantity)
      select $1, id, 'item-1', 1 from filling order by n`,
  },
  {
    values: 1,
    text: `insert into flashgate.checkout_attempts (sale_id, checkout_id, user_id, units, outcome, at)
      select $1, id, user_id, 1, 'held', at from filling order by n`,
  },
];
