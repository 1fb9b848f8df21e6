import { v7 } from "uuid";
import type { Shop } from "../deployment/shop.ts";

/** Orders of a sale that is over; so many sales share what is filled in. */
const ORDERS_A_SALE = 100_000;
const HOUR_MS = 3_600_000;

/**
 * Fills the tables with sales that are over: every order confirmed, with its line, its buyer and its accepted attempt, as
 * settling would have left them. Ids begin with their time, as all do.
 */
export async function fillHistory(shop: Shop, orders: number): Promise<void> {
  for (let from = 0; from < orders; from += ORDERS_A_SALE) {
    await fillSale(shop, Math.min(ORDERS_A_SALE, orders - from), from);
  }
  await shop.pool.query("vacuum analyze");
  await shop.pool.query("checkpoint");
}

async function fillSale({ pool }: Shop, orders: number, from: number): Promise<void> {
  const id = `old-${v7()}`;
  const closedAtMs = Date.now() - (2 + Math.floor(from / ORDERS_A_SALE)) * 3 * HOUR_MS;
  const client = await pool.connect();
  try {
    await client.query("begin");
    for (const statement of STATEMENTS) {
      const values = [id, orders, closedAtMs - HOUR_MS, from].slice(0, statement.values);
      await client.query(statement.text, values);
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

/** The id of the nth checkout: its millisecond, then chance. */
const CHECKOUT_IDS = `
  create temporary table filling on commit drop as
  select n, 'u-' || $4::int + n as user_id, to_timestamp(($3::float8 + n) / 1000) as at,
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
    text: "insert into flashgate.buyers (sale_id, user_id, units) select $1, user_id, 1 from filling order by n",
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
