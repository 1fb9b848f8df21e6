import type { Order } from "../../domain/order.ts";

/** A shopper's confirmed checkouts, whatever their sale. Outages throw. */
export interface OrderLedger {
  /** The user's order of this id; null where there is none, or it is another's. */
  order(userId: string, orderId: string): Promise<Order | null>;
  /** The user's orders before `before` (exclusive), last reserved first: their ids begin with that time. */
  orders(userId: string, page: { readonly before: string | null; readonly limit: number }): Promise<Order[]>;
}
