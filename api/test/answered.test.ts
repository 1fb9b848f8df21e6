import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Answered } from "../src/dispatch.ts";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
let sale: string;
const observed: Answered[] = [];
beforeAll(async () => {
  shop = await openShop(() => ({ observe: (answered) => void observed.push(answered) }));
});
beforeEach(async () => {
  sale = await shop.openSale({ items: 1 });
  observed.length = 0;
});
afterAll(() => shop.stop());

const ANY = { items: [{ item_id: "any", quantity: 1 }] };
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const reserve = (user: string, headers: Record<string, string> = {}, body: unknown = ANY) =>
  ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": user, ...headers }, body);
const checkouts = { route: "/v1/sales/:sale/checkouts", method: "POST", requestId: "request-1" };

describe("what is told of an answer", () => {
  it("names sale, checkout, user and outcome of an accepted checkout, and of its replay", async () => {
    const { body } = await reserve("ada", { "idempotency-key": "k" });
    await reserve("ada", { "idempotency-key": "k" });
    const about = { ...checkouts, status: 202, saleId: sale, checkoutId: body.id, userId: "ada" };
    expect(observed).toMatchObject([
      { ...about, outcome: "held", gateMs: expect.any(Number) },
      { ...about, outcome: "replayed" },
    ]);
  });

  it("names what refused one", async () => {
    await reserve("ada");
    await reserve("bob");
    await reserve("bob", {}, { items: [] });
    expect(observed.slice(1)).toMatchObject([
      { ...checkouts, status: 409, outcome: "sold_out", saleId: sale, userId: "bob", gateMs: expect.any(Number) },
      { ...checkouts, status: 400, outcome: "malformed", userId: "bob" },
    ]);
    expect(observed[2]).not.toHaveProperty("gateMs");
  });

  it("names the checkout of a ticket, and nothing of a forged one", async () => {
    const { body } = await reserve("ada");
    await ask(shop.url, "GET", `/v1/tickets/${body.ticket}`);
    await ask(shop.url, "DELETE", `/v1/tickets/${body.ticket}`, { "x-user-id": "bob" });
    await ask(shop.url, "GET", `/v1/tickets/x${body.ticket}`);
    expect(observed.slice(1)).toMatchObject([
      { route: "/v1/tickets/:ticket", status: 200, outcome: "answered", saleId: sale, checkoutId: body.id },
      { status: 404, outcome: "ticket_not_found", userId: "bob" },
      { status: 404, outcome: "ticket_not_found" },
    ]);
    for (const refused of observed.slice(2)) expect(refused).not.toHaveProperty("checkoutId");
  });

  it("names the trace of a client that has one, and of no other", async () => {
    await reserve("ada", { traceparent: `00-${TRACE}-b7ad6b7169203331-01` });
    await reserve("ada", { traceparent: "00-nonsense-01" });
    expect(observed.map(({ traceId }) => traceId)).toEqual([TRACE, undefined]);
  });

  it("is told of what no route answers, under one name, and of what failed", async () => {
    await ask(shop.url, "GET", "/v1/nothing/here");
    const find = shop.ledger.status.bind(shop.ledger);
    const { body } = await reserve("ada");
    shop.ledger.status = () => Promise.reject(new Error("postgres is away"));
    await ask(shop.url, "GET", `/v1/tickets/${body.ticket}`);
    shop.ledger.status = find;
    expect(observed).toMatchObject([
      { route: "unmatched", method: "GET", status: 404, outcome: "route_not_found" },
      { status: 202 },
      { status: 503, outcome: "unavailable", checkoutId: body.id },
    ]);
    expect(shop.errors.splice(0)).toHaveLength(1);
  });
});
