import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

async function reserve(sale: string, user: string, items: unknown[] = [{ item_id: "any", quantity: 1 }]) {
  const reply = await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": user }, { items });
  expect(reply.status).toBe(202);
  return reply.body.id as string;
}

const orders = (user: string, query = "") => ask(shop.url, "GET", `/v1/orders${query}`, { "x-user-id": user });
const order = (user: string, id: string) => ask(shop.url, "GET", `/v1/orders/${id}`, { "x-user-id": user });
const idsOf = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);

describe("GET /v1/orders/{id}", () => {
  it("shows what was bought, and only once it is", async () => {
    const sale = await shop.openSale();
    const items = await shop.ledger.items(sale);
    const id = await reserve(sale, "ada", [
      { item_id: "i00002", quantity: 1 },
      { item_id: "i00001", quantity: 1 },
    ]);
    expect(await order("ada", id)).toMatchObject({ status: 404, body: { code: "order_not_found" } });
    shop.clock.ms += 1_000;
    await shop.settle();
    const reply = await order("ada", id);
    expect(reply.headers["cache-control"]).toBe("no-store");
    const [one, two] = items;
    expect(reply.body).toEqual({
      id,
      sale_id: sale,
      items: [
        { item_id: "i00001", name: one?.name, quantity: 1, price_minor: one?.priceMinor },
        { item_id: "i00002", name: two?.name, quantity: 1, price_minor: two?.priceMinor },
      ],
      quantity: 2,
      total_minor: (one?.priceMinor ?? 0) + (two?.priceMinor ?? 0),
      reserved_at: new Date(shop.clock.ms - 1_000).toISOString(),
      confirmed_at: new Date(shop.clock.ms).toISOString(),
      links: { self: `/v1/orders/${id}`, sale: `/v1/sales/${sale}` },
    });
  });

  it("is its shopper's alone", async () => {
    const id = await reserve(await shop.openSale(), "bea");
    await shop.settle();
    expect((await order("bea", id)).status).toBe(200);
    expect(await order("carl", id)).toMatchObject({ status: 404, body: { code: "order_not_found" } });
    expect(await order("bea", "not-an-id")).toMatchObject({ status: 404, body: { code: "order_not_found" } });
    expect(await ask(shop.url, "GET", `/v1/orders/${id}`)).toMatchObject({
      status: 401,
      body: { code: "unauthenticated" },
    });
  });
});

describe("GET /v1/orders", () => {
  it("lists the shopper's own, of all sales, page by page", async () => {
    const sales = [await shop.openSale(), await shop.openSale()];
    const bought: string[] = [];
    for (const sale of [...sales, ...sales]) bought.unshift(await reserve(sale, "dora"));
    await reserve(await shop.openSale(), "emil");
    await shop.settle();
    const first = await orders("dora", "?limit=3");
    expect(first.headers["cache-control"]).toBe("no-store");
    expect([idsOf(first.body), first.body.has_more]).toEqual([bought.slice(0, 3), true]);
    const next = /<\/v1\/orders(.*)>; rel="next"/.exec(String(first.headers["link"]))?.[1] ?? "";
    const second = await orders("dora", next);
    expect([idsOf(second.body), second.body.has_more]).toEqual([bought.slice(3), false]);
    expect(second.headers["link"]).toBeUndefined();
    expect((await orders("nobody")).body).toEqual({ data: [], has_more: false });
  });

  it("asks who it is, and says what of the query is not usable", async () => {
    expect(await ask(shop.url, "GET", "/v1/orders")).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    for (const [query, field] of [
      ["?limit=0", "limit"],
      ["?limit=101", "limit"],
      ["?starting_after=yesterday", "starting_after"],
      ["?order=asc", "order"],
    ]) {
      expect(await orders("dora", query)).toMatchObject({
        status: 400,
        body: { code: "malformed", errors: [{ field }] },
      });
    }
  });
});
