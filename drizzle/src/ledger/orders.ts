import type { Order } from "@flashgate/core";
import type { Pool } from "pg";
import { type Statements, statementsOf } from "./statements.ts";

type OrderRow = Awaited<ReturnType<Statements["orderOf"]["execute"]>>[number];

export async function readOrder(pool: Pool, userId: string, orderId: string): Promise<Order | null> {
  const [row] = await statementsOf(pool).orderOf.execute({ userId, orderId });
  return row ? orderOf(row) : null;
}

export async function readOrders(
  pool: Pool,
  userId: string,
  page: { readonly before: string | null; readonly limit: number },
): Promise<Order[]> {
  const rows = await statementsOf(pool).ordersOf.execute({ userId, ...page });
  return rows.map(orderOf);
}

/** Throws on a row that the schema's checks rule out. */
function orderOf({ reservedAtMs, confirmedAtMs, lines, ...row }: OrderRow): Order {
  if (reservedAtMs === null || confirmedAtMs === null || lines === null) throw new Error(`${row.orderId} is no order`);
  return { ...row, lines, reservedAtMs, confirmedAtMs };
}
