import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { checkoutLines, checkouts } from "../schema.ts";
import { checkoutIds, givenLines, saleId } from "./placeholders.ts";

/** Locking of checkouts, by id, and what may be done to the held ones among them. */
export function heldStatements(db: NodePgDatabase) {
  const held = and(eq(checkouts.saleId, saleId), eq(checkouts.state, sql`'held'`));
  // Says the same of rows that are named: never over a verdict. The planner would walk the index of all held rows.
  const undecided = and(eq(checkouts.saleId, saleId), isNull(checkouts.decidedAt));
  return {
    lockCheckouts: db
      .select({
        checkoutId: checkouts.id,
        state: checkouts.state,
        reason: checkouts.reason,
        decidedAtMs: checkouts.decidedAt,
      })
      .from(checkouts)
      .where(and(eq(checkouts.saleId, saleId), sql`${checkouts.id} = any(${checkoutIds})`))
      .orderBy(asc(checkouts.id))
      .for("update")
      .prepare("lock_checkouts"),
    lockHeld: db
      .select({ checkoutId: checkouts.id })
      .from(checkouts)
      .where(held)
      .orderBy(asc(checkouts.id))
      .for("update")
      .prepare("lock_held"),
    refreshHeld: db
      .update(checkouts)
      .set({
        units: sql`hold.units`,
        mode: sql`hold.mode`,
        deadline: sql`hold.deadline`,
        epoch: sql`${sql.placeholder("epoch")}::int`,
      })
      .from(sql`unnest(
    ${checkoutIds}, ${sql.placeholder("units")}::int[], ${sql.placeholder("modes")}::text[],
    ${sql.placeholder("deadlines")}::timestamptz[]
  ) as hold(id, units, mode, deadline)`)
      .where(and(undecided, sql`${checkouts.id} = hold.id`))
      .prepare("refresh_held"),
    nameEnded: nameEnded(db),
    deleteLines: db
      .delete(checkoutLines)
      .where(and(eq(checkoutLines.saleId, saleId), sql`${checkoutLines.checkoutId} = any(${checkoutIds})`))
      .prepare("delete_lines"),
    insertLines: db
      .insert(checkoutLines)
      .select(sql`
  select ${saleId}, line.checkout_id, line.item_id, line.quantity
  from ${givenLines}`)
      .prepare("insert_lines"),
    decideHeld: db
      .update(checkouts)
      .set({
        state: sql`verdict.state`,
        reason: sql`verdict.reason`,
        mode: sql`null`,
        decidedAt: sql`clock_timestamp()`,
      })
      .from(sql`unnest(
    ${checkoutIds}, ${sql.placeholder("states")}::text[], ${sql.placeholder("reasons")}::text[]
  ) as verdict(id, state, reason)`)
      .where(and(undecided, sql`${checkouts.id} = verdict.id`))
      .returning({ checkoutId: checkouts.id, decidedAtMs: checkouts.decidedAt })
      .prepare("decide_held"),
  };
}

/** Gives checkouts that ended without their idempotency key that key. */
function nameEnded(db: NodePgDatabase) {
  return db
    .update(checkouts)
    .set({ key: sql`hold.key`, fingerprint: sql`hold.fingerprint` })
    .from(sql`unnest(
    ${checkoutIds}, ${sql.placeholder("keys")}::text[], ${sql.placeholder("fingerprints")}::text[]
  ) as hold(id, key, fingerprint)`)
    .where(
      and(
        eq(checkouts.saleId, saleId),
        sql`${checkouts.id} = hold.id`,
        sql`${checkouts.key} = ''`,
        sql`${checkouts.state} in ('cancelled', 'expired')`,
      ),
    )
    .prepare("name_ended");
}
