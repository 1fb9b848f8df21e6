import { listOrders, ORDER_ID, type Order, type OrderLedger, totalMinorOf, unitsOf } from "@flashgate/core";
import type { z } from "zod";
import { linkTo, ordersQuery, queryOf } from "../list-query.ts";
import type { order as orderShape } from "../openapi/bodies/order.ts";
import { sendPrivate } from "../responses.ts";
import { type Handler, param } from "./route.ts";
import { asShopper, type ShopperParts } from "./shopper-route.ts";

export interface OrderParts extends ShopperParts {
  readonly orders: OrderLedger;
}

/** `GET /v1/orders`: the shopper's own, last reserved first. */
export function listOwnOrders(parts: OrderParts): Handler {
  return asShopper(parts, async (request, response, userId) => {
    const parsed = queryOf(ordersQuery, request);
    if (parsed.kind !== "query") return parsed;
    const { limit, starting_after: startingAfter = null } = parsed.query;
    const { orders, hasMore } = await listOrders(parts.orders, userId, { startingAfter, limit });
    const next = `/v1/orders?limit=${limit}&starting_after=${orders.at(-1)?.orderId}`;
    return void sendPrivate(response, { data: orders.map(orderBody), has_more: hasMore }, linkTo(next, hasMore));
  });
}

/** `GET /v1/orders/{id}`: the shopper's own; somebody else's is not found. */
export function readOwnOrder(parts: OrderParts): Handler {
  return asShopper(parts, async (request, response, userId) => {
    const orderId = param(request, "order");
    const order = ORDER_ID.test(orderId) ? await parts.orders.order(userId, orderId) : null;
    if (!order) return { kind: "not_found", what: "order" };
    return void sendPrivate(response, orderBody(order));
  });
}

function orderBody({ orderId, saleId, lines, reservedAtMs, confirmedAtMs }: Order): z.infer<typeof orderShape> {
  return {
    id: orderId,
    sale_id: saleId,
    items: lines.map(({ itemId, name, quantity, priceMinor }) => ({
      item_id: itemId,
      name,
      quantity,
      price_minor: priceMinor,
    })),
    quantity: unitsOf(lines),
    total_minor: totalMinorOf(lines),
    reserved_at: new Date(reservedAtMs).toISOString(),
    confirmed_at: new Date(confirmedAtMs).toISOString(),
    links: { self: `/v1/orders/${orderId}`, sale: `/v1/sales/${saleId}` },
  };
}
