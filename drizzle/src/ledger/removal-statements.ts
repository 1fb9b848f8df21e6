import { and, asc, eq, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { removedSales, sales } from "../schema.ts";
import { saleId } from "./placeholders.ts";
import { saleColumns } from "./sale-statements.ts";

/** How sales leave the ledger. What deletes is in functions of the database, which nobody else may do. */
export function removalStatements(db: NodePgDatabase) {
  return {
    /** The oldest window among the sales that were sealed so long ago. */
    oldestSealed: db
      .select(saleColumns)
      .from(sales)
      .where(
        and(
          eq(sales.state, sql`'closed'`),
          sql`${sales.closedAt} <= clock_timestamp() - ${sql.placeholder("agoMs")}::float8 * interval '1 millisecond'`,
        ),
      )
      .orderBy(asc(sales.opensAt), asc(sales.id))
      .limit(1)
      .prepare("oldest_sealed"),
    removedSale: db
      .select({ id: removedSales.id })
      .from(removedSales)
      .where(eq(removedSales.id, saleId))
      .prepare("removed_sale"),
    beginRemoval: db
      .select({ begun: sql<boolean>`begun` })
      .from(sql`flashgate.begin_removal(${saleId}::text) as begun`)
      .prepare("begin_removal"),
    removeRows: db
      .select({ saleId: sql<string | null>`of_sale`, rows: sql<number>`gone`, isOver: sql<boolean>`is_over` })
      .from(
        sql`flashgate.remove_rows(${sql.placeholder("rowsMax")}::int, ${sql.placeholder("restMs")}::float8 * interval '1 millisecond')`,
      )
      .prepare("remove_rows"),
  };
}
