import { and, asc, eq, notExists, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { buyers, checkoutAttempts, checkoutLines, checkouts, items, sales } from "../schema.ts";
import { saleId } from "./placeholders.ts";
import { saleColumns } from "./sale-statements.ts";

/** What the audit reads: counters, and the sums of the rows that they stand for. */
export function auditStatements(db: NodePgDatabase) {
  const confirmed = and(eq(checkouts.saleId, saleId), eq(checkouts.state, sql`'confirmed'`));
  return {
    auditSale: db
      .select({ sale: saleColumns, closedAtMs: sales.closedAt })
      .from(sales)
      .where(eq(sales.id, saleId))
      .prepare("audit_sale"),
    auditHour: db
      .select({ id: sales.id })
      .from(sales)
      .where(eq(sales.opensAt, sql.placeholder("hour")))
      .prepare("audit_hour"),
    auditStates: auditStates(db),
    auditItems: auditItems(db),
    auditBuyers: db
      .select({ userId: buyers.userId, units: buyers.units })
      .from(buyers)
      .where(eq(buyers.saleId, saleId))
      .prepare("audit_buyers"),
    auditConfirmed: db
      .select({ userId: checkouts.userId, units: sql<number>`sum(${checkouts.units})::int` })
      .from(checkouts)
      .where(confirmed)
      .groupBy(checkouts.userId)
      .prepare("audit_confirmed"),
    auditKeys: db
      .select({ userId: checkouts.userId, key: checkouts.key, checkouts: sql<number>`count(*)::int` })
      .from(checkouts)
      .where(
        and(
          eq(checkouts.saleId, saleId),
          sql`${checkouts.state} in ('held', 'confirmed')`,
          sql`${checkouts.key} <> ''`,
        ),
      )
      .groupBy(checkouts.userId, checkouts.key)
      .having(sql`count(*) > 1`)
      .prepare("audit_keys"),
    auditAttempts: db
      .select({ checkouts: sql<number>`count(*)::int` })
      .from(checkouts)
      .where(
        and(
          confirmed,
          notExists(
            db
              .select({ one: sql`1` })
              .from(checkoutAttempts)
              .where(and(eq(checkoutAttempts.saleId, checkouts.saleId), eq(checkoutAttempts.checkoutId, checkouts.id))),
          ),
        ),
      )
      .prepare("audit_attempts"),
  };
}

function auditItems(db: NodePgDatabase) {
  const taken = db
    .select({
      itemId: checkoutLines.itemId,
      confirmedUnits: sql<number>`sum(${checkoutLines.quantity}) filter (where ${checkouts.state} = 'confirmed')`.as(
        "confirmed_units",
      ),
      heldUnits: sql<number>`sum(${checkoutLines.quantity}) filter (where ${checkouts.state} = 'held')`.as(
        "held_units",
      ),
    })
    .from(checkoutLines)
    .innerJoin(checkouts, and(eq(checkouts.saleId, checkoutLines.saleId), eq(checkouts.id, checkoutLines.checkoutId)))
    .where(eq(checkoutLines.saleId, saleId))
    .groupBy(checkoutLines.itemId)
    .as("taken");
  return db
    .select({
      itemId: items.id,
      stock: items.stock,
      sold: items.sold,
      held: items.held,
      confirmedUnits: sql<number>`coalesce(${taken.confirmedUnits}, 0)::int`,
      heldUnits: sql<number>`coalesce(${taken.heldUnits}, 0)::int`,
    })
    .from(items)
    .leftJoin(taken, eq(taken.itemId, items.id))
    .where(eq(items.saleId, saleId))
    .orderBy(asc(items.position))
    .prepare("audit_items");
}

/** Checkouts by state and reason. */
function auditStates(db: NodePgDatabase) {
  return db
    .select({
      state: checkouts.state,
      reason: checkouts.reason,
      checkouts: sql<number>`count(*)::int`,
      units: sql<number>`sum(${checkouts.units})::int`,
      firstReservedAtMs: sql<number | null>`min(${checkouts.reservedAt})`.mapWith(checkouts.reservedAt),
      lastDecidedAtMs: sql<number | null>`max(${checkouts.decidedAt})`.mapWith(checkouts.decidedAt),
      outsideWindow: sql<number>`count(*) filter (where ${checkouts.reservedAt} < ${sales.opensAt} or ${checkouts.reservedAt} >= ${sales.closesAt})::int`,
      afterClose: sql<number>`count(*) filter (where ${checkouts.decidedAt} > ${sales.closedAt})::int`,
    })
    .from(checkouts)
    .innerJoin(sales, eq(sales.id, checkouts.saleId))
    .where(eq(checkouts.saleId, saleId))
    .groupBy(checkouts.state, checkouts.reason)
    .prepare("audit_states");
}
