import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const one = { items: [{ item_id: "any", quantity: 1 }] };
const checkout = (sale: string, user: string, body: unknown = one, headers: Record<string, string> = {}) =>
  ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": user, ...headers }, body);

describe("POST /v1/sales/{sale}/checkouts", () => {
  it("answers 202 with a ticket that names what was reserved, and the ticket tells the verdict", async () => {
    const sale = await shop.openSale();
    const items = [
      { item_id: "i00002", quantity: 1 },
      { item_id: "any", quantity: 2 },
    ];
    const reply = await checkout(sale, "u", { items });
    expect(reply.status).toBe(202);
    expect(reply.headers.location).toBe(reply.body.links.self);
    expect(reply.headers["retry-after"]).toBe("1");
    expect(reply.headers["cache-control"]).toBe("no-store");
    expect(reply.body).toMatchObject({ status: "queued", sale_id: sale, quantity: 3, poll_after_ms: 250 });
    expect(reply.body.items).toHaveLength(3);
    expect(reply.body.items.map((item: { item_id: string }) => item.item_id)).toContain("i00002");
    expect(new Date(reply.body.expires_at).getTime()).toBe(shop.clock.nowMs() + 120_000);

    const pending = await ask(shop.url, "GET", reply.body.links.self);
    expect(pending.body).toMatchObject({ id: reply.body.id, status: "queued", items: reply.body.items });
    expect(pending.headers["retry-after"]).toBe("1");
    await shop.settle();
    const decided = await ask(shop.url, "GET", reply.body.links.self);
    expect(decided.body).toMatchObject({ status: "confirmed", order_id: reply.body.id, items: reply.body.items });
    expect(decided.headers["retry-after"]).toBeUndefined();
  });

  it("takes current to be the sale that runs", async () => {
    const sale = await shop.openSale({ opensAtMs: shop.clock.nowMs() });
    expect((await checkout("current", "u")).body.sale_id).toBe(sale);
    await shop.settle();
  });

  it("holds its answer back for the verdict where the client prefers to wait; the code stays 202", async () => {
    const sale = await shop.openSale();
    const waiting = checkout(sale, "u", one, { prefer: "respond-async, wait=20" });
    await expect.poll(() => shop.queue.pages.length).toBe(1);
    await shop.settle();
    expect(await waiting).toMatchObject({ status: 202, body: { status: "confirmed" } });
  });

  it("answers a key with the same checkout and refuses the key with another body", async () => {
    const sale = await shop.openSale();
    const key = { "idempotency-key": '"one order"' };
    expect((await checkout(sale, "u", one, key)).body.errors).toMatchObject([{ field: "Idempotency-Key" }]);
    const good = { "idempotency-key": '"order-1"' };
    const first = await checkout(sale, "u", one, good);
    const bare = await checkout(sale, "u", one, { "idempotency-key": "order-1" });
    expect(bare.body).toEqual(first.body);
    const other = await checkout(sale, "u", { items: [{ item_id: "any", quantity: 2 }] }, good);
    expect(other).toMatchObject({ status: 422, body: { code: "key_reused" } });
    await shop.settle();
    const later = await checkout(sale, "u", one, good);
    expect(later).toMatchObject({
      status: 202,
      body: { id: first.body.id, status: "confirmed", items: first.body.items },
    });
    expect((await shop.gate.inspect(sale))?.totals).toEqual({ available: 4, held: 0, sold: 1 });
  });

  it("answers a key with the verdict that its checkout has, though the gate has not heard of it", async () => {
    const sale = await shop.openSale();
    const key = { "idempotency-key": "k" };
    const first = await checkout(sale, "u", one, key);
    const holds = await shop.gate.read(sale, 1, [first.body.id]);
    await shop.ledger.settleAll(sale, 1, holds);
    expect(await checkout(sale, "u", one, key)).toMatchObject({ status: 202, body: { status: "confirmed" } });
  });

  it("makes one checkout of a key sent fifty times at once", async () => {
    const sale = await shop.openSale();
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => checkout(sale, "u", one, { "idempotency-key": "k" })),
    );
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([202]));
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
    expect((await shop.gate.inspect(sale))?.totals.held).toBe(1);
    await shop.settle();
  });

  it("refuses with the code of the reason", async () => {
    const small = await shop.openSale({ items: 2, limitPerUser: 1 });
    const line = (item_id: string, quantity = 1) => ({ items: [{ item_id, quantity }] });
    expect(await checkout(small, "u", line("i00001"))).toMatchObject({ status: 202 });
    expect(await checkout(small, "v", line("i00001"))).toMatchObject({
      status: 409,
      body: { code: "item_taken", item_id: "i00001" },
    });
    expect(await checkout(small, "u")).toMatchObject({ status: 403, body: { code: "user_limit", units_left: 0 } });
    expect(await checkout(small, "v", line("any", 2))).toMatchObject({ status: 409, body: { code: "sold_out" } });
    expect(await checkout(small, "v", line("nope"))).toMatchObject({ status: 400, body: { code: "unknown_item" } });
    expect(await checkout("2020010100", "v")).toMatchObject({ status: 404, body: { code: "sale_not_found" } });
    const early = await shop.openSale({ opensAtMs: shop.clock.nowMs() + 1 });
    expect(await checkout(early, "u")).toMatchObject({ status: 409, body: { code: "sale_not_open" } });
    const late = await shop.openSale({ opensAtMs: shop.clock.nowMs() - 9, closesAtMs: shop.clock.nowMs() });
    expect(await checkout(late, "u")).toMatchObject({ status: 409, body: { code: "sale_closed" } });
    const shut = await shop.openSale();
    shop.gate.restart();
    const reply = await checkout(shut, "u");
    expect(reply).toMatchObject({ status: 503, body: { code: "gate_shut" }, headers: { "retry-after": "1" } });
    await shop.recover(shut);
    expect((await checkout(shut, "u")).status).toBe(202);
  });

  it("hands out the ticket of what it reserved even where the verdict cannot be asked for", async () => {
    const sale = await shop.openSale();
    const status = shop.ledger.status.bind(shop.ledger);
    shop.ledger.status = () => Promise.reject(new Error("postgres is away"));
    const reply = await checkout(sale, "u", one, { prefer: "wait=5" });
    shop.ledger.status = status;
    expect(reply).toMatchObject({ status: 202, body: { status: "queued", quantity: 1 } });
    await shop.settle();
    expect((await ask(shop.url, "GET", reply.body.links.self)).body.status).toBe("confirmed");
  });

  it("says that a sale is over once it is sealed, and to come back while its gate is still to be opened", async () => {
    const sale = await shop.openSale();
    shop.clock.ms += 120_000;
    await shop.ledger.close(sale);
    await shop.gate.retire(sale, 1);
    await shop.keeper.resync({ missed: false });
    expect(await checkout(sale, "u")).toMatchObject({ status: 409, body: { code: "sale_closed" } });
    const window = {
      opensAtMs: shop.clock.nowMs(),
      closesAtMs: shop.clock.nowMs() + 9,
      settleUntilMs: shop.clock.nowMs() + 9,
    };
    await shop.ledger.schedule({ id: "x-unopened", limitPerUser: 1, ...window }, [
      { id: "a", name: "a", imageUrl: "/a", priceMinor: 1, stock: 1 },
    ]);
    await shop.keeper.resync({ missed: false });
    expect(await checkout("x-unopened", "u")).toMatchObject({ status: 503, body: { code: "gate_shut" } });
  });

  it("answers every refusal as a problem that says what, where and how", async () => {
    const reply = await checkout("nope", "u");
    expect(reply.headers["content-type"]).toMatch("application/problem+json");
    expect(Object.keys(reply.body).sort()).toEqual(["code", "detail", "request_id", "status", "title", "type"]);
    const named = await checkout("nope", "u", one, { "x-request-id": "mine-1" });
    expect(named.body.request_id).toBe("mine-1");
  });
});
