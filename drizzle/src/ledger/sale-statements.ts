import { and, desc, eq, gt, lt, ne, type SQL, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { sales } from "../schema.ts";
import { saleId } from "./placeholders.ts";

/** The columns of a sale in the domain's words. */
export const saleColumns = {
  id: sales.id,
  opensAtMs: sales.opensAt,
  closesAtMs: sales.closesAt,
  settleUntilMs: sales.settleUntil,
  limitPerUser: sales.limitPerUser,
  totalItems: sales.totalItems,
  itemsSold: sales.itemsSold,
  itemsHeld: sales.itemsHeld,
  epoch: sales.epoch,
  openEpoch: sales.openEpoch,
  state: sales.state,
  paused: sales.paused,
  pauseVersion: sales.pauseVersion,
  attempts: sales.attempts,
};

/** Statements on the sales row. It is hot: whoever writes it does so last, just before the commit. */
export function saleStatements(db: NodePgDatabase) {
  return {
    insertSale: db
      .insert(sales)
      .values({
        id: saleId,
        opensAt: sql.placeholder("opensAtMs"),
        closesAt: sql.placeholder("closesAtMs"),
        settleUntil: sql.placeholder("settleUntilMs"),
        totalItems: sql.placeholder("totalItems"),
        limitPerUser: sql.placeholder("limitPerUser"),
        attempts: sql.placeholder("attempts"),
      })
      .onConflictDoNothing()
      .returning({ id: sales.id })
      .prepare("insert_sale"),
    findSale: db.select(saleColumns).from(sales).where(eq(sales.id, saleId)).prepare("find_sale"),
    listSales: listed(db).prepare("list_sales"),
    /** The same where no closed one is wanted: by the index that has none of them, however many there are. */
    listUnsealed: listed(db, sql`${sales.state} <> 'closed'`).prepare("list_unsealed"),
    /** A sale beside the ledger's own time. */
    saleNow: db
      .select({ sale: saleColumns, nowMs: sql<number>`clock_timestamp()`.mapWith(sales.opensAt) })
      .from(sales)
      .where(eq(sales.id, saleId))
      .prepare("sale_now"),
    lockSale: db.select(saleColumns).from(sales).where(eq(sales.id, saleId)).for("update").prepare("lock_sale"),
    ...windowStatements(db),
    ...fencedStatements(db),
  };
}

/** Newest window first. */
function listed(db: NodePgDatabase, only?: SQL) {
  return db
    .select(saleColumns)
    .from(sales)
    .where(
      and(
        only,
        sql`${sales.state} = any(${sql.placeholder("states")}::text[])`,
        sql`(${sales.opensAt}, ${sales.id}) <
            (coalesce(${sql.placeholder("afterOpensAt")}::timestamptz, 'infinity'), coalesce(${sql.placeholder("afterId")}::text, ''))`,
      ),
    )
    .orderBy(desc(sales.opensAt), desc(sales.id))
    .limit(sql.placeholder("limit"));
}

/** Any number will do as long as nobody else in the database locks it. */
const WINDOWS_LOCK = 4_217_180_312;

/** Windows of sales that are to lie apart. */
function windowStatements(db: NodePgDatabase) {
  return {
    /** For the rest of the transaction: who compares windows, and then schedules, does so one at a time. */
    lockWindows: db
      .select({ locked: sql<number>`1` })
      .from(sql`pg_advisory_xact_lock(${WINDOWS_LOCK}) as locked`)
      .prepare("lock_windows"),
    /** The latest of the other sales whose windows share a moment with this one. */
    saleBeside: db
      .select({ id: sales.id })
      .from(sales)
      .where(
        and(
          ne(sales.id, saleId),
          lt(sales.opensAt, sql.placeholder("closesAt")),
          gt(sales.closesAt, sql.placeholder("opensAt")),
        ),
      )
      .orderBy(desc(sales.opensAt), desc(sales.id))
      .limit(1)
      .prepare("sale_beside"),
  };
}

/** Updates that happen only while the sale is what the caller takes it for; no row means that it is not. */
function fencedStatements(db: NodePgDatabase) {
  const epoch = sql`${sql.placeholder("epoch")}::int`;
  const sold = sql`${sql.placeholder("sold")}::int`;
  const held = sql`${sql.placeholder("held")}::int`;
  const paused = sql`${sql.placeholder("paused")}::boolean`;
  return {
    beginRecovery: db
      .update(sales)
      .set({ epoch: sql`${sales.epoch} + 1`, state: sql`'recovering'` })
      .where(and(eq(sales.id, saleId), sql`${sales.epoch} = ${epoch} and ${sales.state} <> 'closed'`))
      .returning({ epoch: sales.epoch, openEpoch: sales.openEpoch })
      .prepare("begin_recovery"),
    openSale: db
      .update(sales)
      .set({ state: sql`'open'`, openEpoch: sql`${sales.epoch}`, itemsHeld: sql`${sales.itemsHeld} + ${held}` })
      .where(and(eq(sales.id, saleId), sql`${sales.epoch} = ${epoch} and ${sales.state} = 'recovering'`))
      .returning(saleColumns)
      .prepare("open_sale"),
    /** The fence of every settlement: the hot row, last. */
    moveSale: db
      .update(sales)
      .set({ itemsSold: sql`${sales.itemsSold} + ${sold}`, itemsHeld: sql`${sales.itemsHeld} + ${held}` })
      .where(
        and(
          eq(sales.id, saleId),
          sql`${sales.epoch} = ${epoch} and ${sales.state} = 'open'`,
          sql`${sales.itemsSold} + ${sold} + ${sales.itemsHeld} + ${held} <= ${sales.totalItems}`,
        ),
      )
      .prepare("move_sale"),
    /** Gives held units back, whatever the state; with an epoch, only while it is the sale's. */
    releaseSale: db
      .update(sales)
      .set({ itemsHeld: sql`${sales.itemsHeld} - ${sql.placeholder("released")}::int` })
      .where(and(eq(sales.id, saleId), sql`${sales.epoch} = coalesce(${epoch}, ${sales.epoch})`))
      .prepare("release_sale"),
    /** Needs no epoch: the flag is of the sale, not of an opening. */
    setPaused: db
      .update(sales)
      .set({
        paused: sql`${paused}`,
        pauseVersion: sql`${sales.pauseVersion} + (${sales.paused} <> ${paused})::int`,
      })
      .where(and(eq(sales.id, saleId), sql`${sales.state} <> 'closed'`))
      .returning(saleColumns)
      .prepare("set_paused"),
    /** Seals a sale whose held units are all given back by this transaction. */
    closeSale: db
      .update(sales)
      .set({ state: sql`'closed'`, itemsHeld: sql`0`, closedAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(sales.id, saleId),
          sql`${sales.state} <> 'closed' and ${sales.itemsHeld} = ${sql.placeholder("released")}::int`,
        ),
      )
      .prepare("close_sale"),
  };
}
