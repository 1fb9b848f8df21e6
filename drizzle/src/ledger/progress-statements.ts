import { and, eq, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { checkouts } from "../schema.ts";
import { saleId } from "./placeholders.ts";

/** Counts and lags of one walk of a sale's checkouts. */
export function progressStatements(db: NodePgDatabase) {
  const lagMs = sql`(extract(epoch from ${checkouts.decidedAt} - ${checkouts.reservedAt}) * 1000)::int`;
  const justConfirmed = sql`${checkouts.state} = 'confirmed' and ${checkouts.decidedAt} > now() - interval '10 seconds'`;
  const second = sql`date_trunc('second', ${checkouts.decidedAt})`;
  const service = sql<string>`substring(application_name from '^flashgate-(\\w+)')`;
  return {
    progressOf: db
      .select({
        state: checkouts.state,
        reason: checkouts.reason,
        checkouts: sql<number>`count(*)::int`,
        lagsMs: sql<
          number[] | null
        >`percentile_disc(array[0.5, 0.99]) within group (order by ${lagMs}) filter (where ${justConfirmed})`,
      })
      .from(checkouts)
      .where(eq(checkouts.saleId, saleId))
      .groupBy(checkouts.state, checkouts.reason)
      .prepare("progress_of"),
    historyOf: db
      .select({
        atMs: sql<number>`(extract(epoch from ${second}) * 1000)::float8`,
        units: sql<number>`sum(${checkouts.units})::int`,
        lagsMs: sql<[number, number]>`percentile_disc(array[0.5, 0.99]) within group (order by ${lagMs})`,
      })
      .from(checkouts)
      .where(
        and(
          eq(checkouts.saleId, saleId),
          eq(checkouts.state, "confirmed"),
          sql`${checkouts.decidedAt} > now() - interval '300 seconds'`,
        ),
      )
      .groupBy(second)
      .orderBy(second)
      .prepare("history_of"),
    // A connection's name ends with its process: see pool.ts.
    processes: db
      .select({ service, processes: sql<number>`count(distinct application_name)::int` })
      .from(sql`pg_catalog.pg_stat_activity`)
      .where(sql`datname = current_database() and application_name ~ '^flashgate-(api|worker|scheduler) '`)
      .groupBy(service)
      .prepare("processes"),
  };
}
