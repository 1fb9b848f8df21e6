import { and, asc, eq, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { checkoutLines, checkouts, sales } from "../schema.ts";
import { checkoutIds, saleId } from "./placeholders.ts";

/** Reads of checkouts. Lines come in the words of `formatLines`. */
export function recordStatements(db: NodePgDatabase) {
  const ofCheckout = db
    .select({
      lines: sql`coalesce(string_agg(${checkoutLines.itemId} || ':' || ${checkoutLines.quantity}, ',' order by ${checkoutLines.itemId}), '')`,
    })
    .from(checkoutLines)
    .where(and(eq(checkoutLines.saleId, checkouts.saleId), eq(checkoutLines.checkoutId, checkouts.id)));
  const lines = sql<string>`${ofCheckout}`.as("lines");
  const record = {
    saleId: checkouts.saleId,
    checkoutId: checkouts.id,
    userId: checkouts.userId,
    epoch: checkouts.epoch,
    state: checkouts.state,
    reason: checkouts.reason,
    reservedAtMs: checkouts.reservedAt,
    decidedAtMs: checkouts.decidedAt,
  };
  return {
    recordsOf: db
      .select({ ...record, lines })
      .from(checkouts)
      .where(and(eq(checkouts.saleId, saleId), sql`${checkouts.id} = any(${checkoutIds})`))
      .orderBy(asc(checkouts.id))
      .prepare("records_of"),
    /** The poll: a sale and one of its checkouts, of one instant. */
    statusOf: db
      .select({ record, lines, openEpoch: sales.openEpoch, state: sales.state })
      .from(sales)
      .leftJoin(checkouts, and(eq(checkouts.saleId, sales.id), eq(checkouts.id, sql.placeholder("checkoutId"))))
      .where(eq(sales.id, saleId))
      .prepare("status_of"),
    /** Lines of locked rows, apart from the lock: a lock waits, and what it waited for may have changed them. */
    linesOf: db
      .select({ checkoutId: checkouts.id, lines })
      .from(checkouts)
      .where(and(eq(checkouts.saleId, saleId), sql`${checkouts.id} = any(${checkoutIds})`))
      .prepare("lines_of"),
    holdsOf: db
      .select({
        checkoutId: checkouts.id,
        userId: checkouts.userId,
        mode: checkouts.mode,
        key: checkouts.key,
        fingerprint: checkouts.fingerprint,
        sinceMs: checkouts.reservedAt,
        deadlineMs: checkouts.deadline,
        lines,
      })
      .from(checkouts)
      .where(and(eq(checkouts.saleId, saleId), eq(checkouts.state, sql`'held'`)))
      .orderBy(asc(checkouts.id))
      .prepare("holds_of"),
    ...keyStatements(db),
  };
}

/** Which checkout an idempotency key stands for. */
function keyStatements(db: NodePgDatabase) {
  return {
    /** The checkout that each key of a user answers with: the held or confirmed one, else the newest not rejected. */
    keysOf: db
      .selectDistinctOn([checkouts.userId, checkouts.key], {
        userId: checkouts.userId,
        key: checkouts.key,
        fingerprint: checkouts.fingerprint,
        checkoutId: checkouts.id,
      })
      .from(checkouts)
      .where(and(eq(checkouts.saleId, saleId), sql`${checkouts.state} <> 'rejected'`, sql`${checkouts.key} <> ''`))
      .orderBy(
        checkouts.userId,
        checkouts.key,
        sql`${checkouts.state} in ('held', 'confirmed') desc`,
        sql`${checkouts.id} desc`,
      )
      .prepare("keys_of"),
    /** Who owns these keys of these users. */
    ownersOfKeys: db
      .select({ userId: checkouts.userId, key: checkouts.key, checkoutId: checkouts.id })
      .from(checkouts)
      .innerJoin(
        sql`unnest(${sql.placeholder("userIds")}::text[], ${sql.placeholder("keys")}::text[]) as wanted(user_id, key)`,
        sql`${checkouts.userId} = wanted.user_id and ${checkouts.key} = wanted.key`,
      )
      .where(
        and(
          eq(checkouts.saleId, saleId),
          sql`${checkouts.state} in ('held', 'confirmed')`,
          sql`${checkouts.key} <> ''`,
        ),
      )
      .prepare("owners_of_keys"),
  };
}
