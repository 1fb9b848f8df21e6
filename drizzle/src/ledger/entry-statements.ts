import { eq, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { checkoutAttempts, checkoutLines, checkouts, sales } from "../schema.ts";
import { givenLines, saleId } from "./placeholders.ts";

/**
 * `enter_checkouts` is the only way a checkout gets its row: the row, its lines and its accepted attempt at once. Whether
 * the attempt is kept the sale's own row says, to every process alike. Ids and idempotency keys that are taken are passed
 * over, after waiting for whoever is just taking them; what was entered comes back. Rows are entered, and so locked, by id.
 */
export function entryStatements(db: NodePgDatabase) {
  const entered = db.$with("entered").as(
    db
      .insert(checkouts)
      .select(sql`
  select ${saleId}, entry.id, entry.user_id, entry.units, entry.mode, entry.key, entry.fingerprint, entry.deadline,
    entry.epoch, entry.state, entry.reason, entry.reserved_at,
    case when entry.state <> 'held' then clock_timestamp() end
  from unnest(
    ${sql.placeholder("checkoutIds")}::uuid[], ${sql.placeholder("userIds")}::text[],
    ${sql.placeholder("units")}::int[], ${sql.placeholder("modes")}::text[], ${sql.placeholder("keys")}::text[],
    ${sql.placeholder("fingerprints")}::text[], ${sql.placeholder("deadlines")}::timestamptz[],
    ${sql.placeholder("epochs")}::int[], ${sql.placeholder("states")}::text[], ${sql.placeholder("reasons")}::text[],
    ${sql.placeholder("reservedAts")}::timestamptz[]
  ) as entry(id, user_id, units, mode, key, fingerprint, deadline, epoch, state, reason, reserved_at)
  order by entry.id`)
      .onConflictDoNothing()
      .returning({
        checkoutId: checkouts.id,
        userId: checkouts.userId,
        units: checkouts.units,
        reservedAt: checkouts.reservedAt,
        decidedAtMs: checkouts.decidedAt,
      }),
  );
  const lines = db.$with("lines").as(
    db
      .insert(checkoutLines)
      .select(sql`
  select ${saleId}, line.checkout_id, line.item_id, line.quantity
  from ${givenLines} join ${entered} on ${entered.checkoutId} = line.checkout_id`)
      .returning({ itemId: checkoutLines.itemId }),
  );
  const recorded = db.select({ attempts: sales.attempts }).from(sales).where(eq(sales.id, saleId));
  const attempts = db.$with("attempts").as(
    db
      .insert(checkoutAttempts)
      .select(sql`
  select ${saleId}, ${entered.checkoutId}, ${entered.userId}, ${entered.units}, 'held',
    coalesce(${entered.reservedAt}, clock_timestamp())
  from ${entered} where ${recorded} <> 'off'`)
      .returning({ userId: checkoutAttempts.userId }),
  );
  return {
    enterCheckouts: db
      .with(entered, lines, attempts)
      .select({ checkoutId: entered.checkoutId, decidedAtMs: entered.decidedAtMs })
      .from(entered)
      .prepare("enter_checkouts"),
    /** Of one sale and one outcome. Units and Unix milliseconds are texts of arrays: numbers need no escaping. */
    recordRefused: db
      .insert(checkoutAttempts)
      .select(sql`
  select ${saleId}, null, attempt.user_id, attempt.units, ${sql.placeholder("outcome")}, to_timestamp(attempt.at_ms / 1000.0)
  from unnest(
    ${sql.placeholder("userIds")}::text[], ${sql.placeholder("units")}::int[], ${sql.placeholder("atMs")}::float8[]
  ) as attempt(user_id, units, at_ms)
  where exists (select from ${sales} where ${sales.id} = ${saleId} and ${sales.attempts} = 'all')`)
      .prepare("record_refused"),
  };
}
