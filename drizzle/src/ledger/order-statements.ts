import type { OrderLine } from "@flashgate/core";
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { checkoutLines, checkouts, items, spanOf } from "../schema.ts";

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
  const orderId = sql`${sql.placeholder("orderId")}::uuid`;
  const before = sql`coalesce(${sql.placeholder("before")}::uuid, ${LAST_ID})`;
  const page = db
    .select(order)
    .from(checkouts)
    .where(and(ofUser, sql`${spanOf(checkouts.id)} = spans.span`, sql`${checkouts.id} < ${before}`))
    .orderBy(desc(checkouts.id))
    .limit(sql.placeholder("limit"))
    .as("page");
  return {
    orderOf: db
      .select(order)
      .from(checkouts)
      .where(and(ofUser, sql`${spanOf(checkouts.id)} = ${spanOf(orderId)}`, sql`${checkouts.id} = ${orderId}`))
      .prepare("order_of"),
    /** Span by span from the last, as they come, and no further than the page is long. */
    ordersOf: db
      .select({
        orderId: page.orderId,
        saleId: page.saleId,
        lines: page.lines,
        reservedAtMs: page.reservedAtMs,
        confirmedAtMs: page.confirmedAtMs,
      })
      .from(spansBefore(before))
      .crossJoinLateral(page)
      .limit(sql.placeholder("limit"))
      .prepare("orders_of"),
  };
}

/** The spans in which anything was bought, the last before an id first: each is one look at the index, when it is asked for. */
function spansBefore(before: SQL): SQL {
  const span = spanOf(sql`id`);
  const last = (bound: SQL) => sql`select ${span} from ${checkouts}
      where state = 'confirmed' and ${span} ${bound} order by ${span} desc limit 1`;
  return sql`(
    with recursive span_before(span) as (
      (${last(sql`<= ${spanOf(before)}`)})
      union all
      select (${last(sql`< span_before.span`)}) from span_before where span_before.span is not null
    )
    select span from span_before where span is not null
  ) as spans`;
}
