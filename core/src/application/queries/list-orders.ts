import type { Order } from "../../domain/order.ts";
import type { OrderLedger } from "../ports/order-ledger.ts";

export interface OrdersPage {
  readonly orders: readonly Order[];
  readonly hasMore: boolean;
}

/** One page of a user's orders, last reserved first, from behind `startingAfter`. */
export async function listOrders(
  ledger: OrderLedger,
  userId: string,
  page: { readonly startingAfter: string | null; readonly limit: number },
): Promise<OrdersPage> {
  const orders = await ledger.orders(userId, { before: page.startingAfter, limit: page.limit + 1 });
  return { orders: orders.slice(0, page.limit), hasMore: orders.length > page.limit };
}
