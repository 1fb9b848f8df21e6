import { eq, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { checkouts } from "../schema.ts";
import { saleId } from "./placeholders.ts";

/** Counts and lags of one walk of a sale's checkouts. */
export function progressStatements(db: NodePgDatabase) {
  const lagMs = sql`(extract(epoch from ${checkouts.decidedAt} - ${checkouts.reservedAt}) * 1000)::int`;
  const justConfirmed = sql`${checkouts.state} = 'confirmed' and ${checkouts.decidedAt} > now() - interval '10 seconds'`;
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
  };
}
