import { and, desc, eq, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { checkoutAttempts, checkouts, sales } from "../schema.ts";
import { saleId } from "./placeholders.ts";

const checkoutId = sql`${sql.placeholder("checkoutId")}::uuid`;
const userId = sql`${sql.placeholder("userId")}::text`;
const until = sql`${sql.placeholder("until")}::timestamptz`;

/** What operators look up, now and then: they pay with a walk for the indexes that the crowd does not carry. */
export function historyStatements(db: NodePgDatabase) {
  return {
    /** One look at the primary key for each sale. */
    saleOf: db
      .select({ saleId: sales.id })
      .from(sales)
      .innerJoin(checkouts, and(eq(checkouts.saleId, sales.id), sql`${checkouts.id} = ${checkoutId}`))
      .limit(1)
      .prepare("sale_of"),
    attemptsOf: db
      .select({
        saleId: checkoutAttempts.saleId,
        checkoutId: checkoutAttempts.checkoutId,
        userId: checkoutAttempts.userId,
        units: checkoutAttempts.units,
        outcome: checkoutAttempts.outcome,
        atMs: checkoutAttempts.at,
      })
      .from(checkoutAttempts)
      .where(
        and(
          eq(checkoutAttempts.saleId, saleId),
          sql`(${userId} is null or ${checkoutAttempts.userId} = ${userId})`,
          sql`(${checkoutId} is null or ${checkoutAttempts.checkoutId} = ${checkoutId})`,
          sql`(${until} is null or ${checkoutAttempts.at} <= ${until})`,
        ),
      )
      // Whole: what is equal in all of it is the same to whoever reads on after a page.
      .orderBy(
        desc(checkoutAttempts.at),
        checkoutAttempts.userId,
        checkoutAttempts.outcome,
        checkoutAttempts.checkoutId,
        checkoutAttempts.units,
      )
      .offset(sql.placeholder("skip"))
      .limit(sql.placeholder("limit"))
      .prepare("attempts_of"),
  };
}
