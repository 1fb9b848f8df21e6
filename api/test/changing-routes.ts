import { ask, type Reply, type Shop } from "./shop.ts";

type Headers = Record<string, string>;

const one = { items: [{ item_id: "any", quantity: 1 }] };

/** Every route that changes something, as a request of somebody's. */
export function changingRoutes(shop: Shop, sale: string, ticket: string) {
  const at = `/v1/tickets/${ticket}`;
  const routes: Readonly<Record<string, (headers: Headers) => Promise<Reply>>> = {
    checkout: (headers) => ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, headers, one),
    lines: (headers) => ask(shop.url, "POST", `${at}/lines`, headers, one),
    purchase: (headers) => ask(shop.url, "POST", `${at}/purchase`, headers),
    cancel: (headers) => ask(shop.url, "DELETE", at, headers),
  };
  return routes;
}

/** A cart of the shopper's whom the headers name. */
export async function cartOf(shop: Shop, sale: string, headers: Headers): Promise<string> {
  const reply = await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, headers, { ...one, mode: "cart" });
  return reply.body.ticket;
}
