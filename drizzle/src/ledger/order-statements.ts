import type { OrderLine } from "@flashgate/core";
import { and, desc, eq, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { checkoutLines, checkouts, items } from "../schema.ts";

/** After every id. */
const LAST_ID = sql`'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid`;

/** Reads of a user's confirmed checkouts, by `checkouts_orders`: the state is spelled as that index has it. */
export function orderStatements(db: NodePgDatabase) {
  const ofOrder = db
    .select({
      lines: sql`json_agg(json_build_object('itemId', ${checkoutLines.itemId}, 'name', ${items.name},
        'quantity', ${checkoutLines.quantity}, 'priceMinor', ${items.priceMinor}) order by ${checkoutLines.itemId})`,
    })
    .from(checkoutLines)
    .innerJoin(items, and(eq(items.saleId, checkoutLines.saleId), eq(items.id, checkoutLines.itemId)))
    .where(and(eq(checkoutLines.saleId, checkouts.saleId), eq(checkoutLines.checkoutId, checkouts.id)));
  const order = {
    orderId: checkouts.id,
    saleId: checkouts.saleId,
    lines: sql<OrderLine[] | null>`${ofOrder}`.as("lines"),
    reservedAtMs: checkouts.reservedAt,
    confirmedAtMs: checkouts.decidedAt,
  };
  const ofUser = and(eq(checkouts.userId, sql.placeholder("userId")), eq(checkouts.state, sql`'confirmed'`));
  return {
    orderOf: db
      .select(order)
      .from(checkouts)
      .where(and(ofUser, eq(checkouts.id, sql.placeholder("orderId"))))
      .prepare("order_of"),
    ordersOf: db
      .select(order)
      .from(checkouts)
      .where(and(ofUser, sql`${checkouts.id} < coalesce(${sql.placeholder("before")}::uuid, ${LAST_ID})`))
      .orderBy(desc(checkouts.id))
      .limit(sql.placeholder("limit"))
      .prepare("orders_of"),
  };
}
