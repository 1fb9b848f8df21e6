import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShop, type Shop } from "../../api/test/shop.ts";
import { Flashgate, FlashgateError, type FlashgateOptions, type Ticket } from "../src/index.ts";
import { allOf } from "./all-of.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const clientOf = (userId: string, more: Partial<FlashgateOptions> = {}) =>
  new Flashgate({ baseUrl: shop.url, userId, ...more } as FlashgateOptions);

const anyOf = (quantity: number) => ({ items: [{ item_id: "any", quantity }] });

async function refusalOf(call: Promise<unknown>): Promise<FlashgateError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FlashgateError);
  return error as FlashgateError;
}

describe("a checkout", () => {
  it("becomes an order, which is found", async () => {
    const sale = await shop.openSale();
    const ada = clientOf("ada");
    const ticket = await ada.checkouts.create(anyOf(2), { sale });
    expect(ticket).toMatchObject({ status: "queued", quantity: 2, sale_id: sale });
    const verdict = ada.tickets.wait(ticket);
    await shop.settle();
    expect(await verdict).toMatchObject({ status: "confirmed", order_id: ticket.id });
    expect(await ada.tickets.get(ticket.ticket)).toMatchObject({ status: "confirmed" });
    expect(await allOf(ada.orders.list())).toMatchObject([{ id: ticket.id, quantity: 2 }]);
    expect(await ada.orders.get(ticket.id)).toMatchObject({ id: ticket.id });
  });

  it("is one checkout for one key, and one each without", async () => {
    const sale = await shop.openSale();
    const bob = clientOf("bob");
    const kept = { sale, idempotencyKey: "k" };
    const [first, again] = [await bob.checkouts.create(anyOf(1), kept), await bob.checkouts.create(anyOf(1), kept)];
    const other = await bob.checkouts.create(anyOf(1), { sale });
    expect(again.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
  });

  it("is refused in one class of error that says why", async () => {
    const sale = await shop.openSale({ limitPerUser: 1 });
    const carol = clientOf("carol");
    const refused = await refusalOf(carol.checkouts.create(anyOf(2), { sale }));
    expect(refused).toMatchObject({ code: "user_limit", status: 403, requestId: "request-1", retryable: false });
    expect(refused.problem).toMatchObject({ units_left: 1 });
    expect(await refusalOf(carol.checkouts.create(anyOf(1), { sale: "nowhere" }))).toMatchObject({
      code: "sale_not_found",
      status: 404,
    });
    expect(await refusalOf(carol.checkouts.create({ items: [] }, { sale }))).toMatchObject({
      code: "malformed",
      problem: { errors: [{ field: "items" }] },
    });
  });

  it("is cancelled, and found cancelled", async () => {
    const sale = await shop.openSale();
    const dave = clientOf("dave");
    const ticket = await dave.checkouts.create(anyOf(1), { sale });
    expect(await dave.tickets.cancel(ticket)).toMatchObject({ status: "cancelled" });
    expect(await dave.tickets.wait(ticket)).toMatchObject({ status: "cancelled" });
  });
});

describe("a cart", () => {
  it("is filled, purchased and watched to its end", async () => {
    const sale = await shop.openSale();
    const eve = clientOf("eve");
    const cart = await eve.checkouts.create({ ...anyOf(1), mode: "cart" }, { sale });
    expect(cart.status).toBe("reserved");
    expect(await eve.tickets.addLines(cart, [{ item_id: "any", quantity: 2 }])).toMatchObject({ quantity: 3 });
    expect(await eve.tickets.purchase(cart)).toMatchObject({ status: "queued" });
    expect(await eve.tickets.purchase(cart)).toMatchObject({ status: "queued" });
    const states: Ticket["status"][] = [];
    for await (const ticket of eve.tickets.watch(cart)) {
      states.push(ticket.status);
      if (ticket.status === "queued") await shop.settle();
    }
    expect(states).toEqual(["queued", "confirmed"]);
    expect(shop.streams.size).toBe(0);
  });

  it("is somebody else's", async () => {
    const sale = await shop.openSale();
    const cart = await clientOf("frank").checkouts.create({ ...anyOf(1), mode: "cart" }, { sale });
    expect(await refusalOf(clientOf("grace").tickets.purchase(cart))).toMatchObject({ code: "ticket_not_found" });
  });
});

describe("a sale", () => {
  it("is read, listed and followed", async () => {
    const sale = await shop.openSale({ items: 3 });
    const { sales, checkouts } = clientOf("henry");
    expect(await sales.get(sale)).toMatchObject({ id: sale, phase: "open", stock: { total: 3, available: 3 } });
    expect((await allOf(sales.list({ pageSize: 2 }))).map(({ id }) => id)).toContain(sale);
    expect(await allOf(sales.items(sale, { pageSize: 2 }))).toHaveLength(3);
    const seen: number[] = [];
    for await (const view of sales.watch(sale)) {
      seen.push(view.stock.available);
      if (seen.length === 2) break;
      await checkouts.create(anyOf(1), { sale });
      shop.saleEvents.tick();
    }
    expect(seen).toEqual([3, 2]);
    expect(await allOf(sales.items(sale, { available: true }))).toHaveLength(2);
    const fromTwo = await allOf(sales.items(sale, { startingAt: 2, pageSize: 1 }));
    expect(fromTwo.map(({ position }) => position)).toEqual([2, 3]);
    expect(await sales.availability(sale)).toEqual({ sale_id: sale, items: 3, available: "Bg==" });
    await expect.poll(() => shop.streams.size).toBe(0);
  });
});

describe("options", () => {
  it.each([
    [{ baseUrl: "nowhere" }, "baseUrl"],
    [{ baseUrl: "http://a", userId: "a b" }, "userId"],
    [{ baseUrl: "http://a", timeoutMs: -1 }, "timeoutMs"],
    [{}, "baseUrl"],
  ])("are refused by name: %j", (options, name) => {
    expect(() => new Flashgate(options)).toThrow(new RegExp(`^${name} `));
  });

  it("sends a token that is made for each call", async () => {
    const sent: (string | null)[] = [];
    let made = 0;
    const fetched: typeof fetch = async (_input, init) => {
      sent.push(new Headers(init?.headers).get("authorization"));
      return Response.json({ data: [], has_more: false });
    };
    const client = new Flashgate({ baseUrl: "http://a/", token: () => `t${++made}`, fetch: fetched });
    for (let call = 0; call < 2; call += 1) await allOf(client.orders.list());
    expect(sent).toEqual(["Bearer t1", "Bearer t2"]);
  });
});
