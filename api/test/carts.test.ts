import { type Sale, sweepHolds } from "@flashgate/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const owner = { "x-user-id": "u" };
const line = (item_id: string, quantity = 1) => ({ items: [{ item_id, quantity }] });

async function fill(sale: string, body: object = line("any"), headers: Record<string, string> = {}) {
  const all = { ...owner, ...headers };
  const reply = await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, all, { ...body, mode: "cart" });
  expect(reply.status).toBe(202);
  return reply.body as { id: string; ticket: string; items: unknown[]; links: { self: string } };
}
const add = (ticket: string, body: unknown, headers: Record<string, string> = owner) =>
  ask(shop.url, "POST", `/v1/tickets/${ticket}/lines`, headers, body);
const buy = (ticket: string, headers: Record<string, string> = owner) =>
  ask(shop.url, "POST", `/v1/tickets/${ticket}/purchase`, headers);
const read = (ticket: string) => ask(shop.url, "GET", `/v1/tickets/${ticket}`);
const cancel = (ticket: string) => ask(shop.url, "DELETE", `/v1/tickets/${ticket}`, owner);

const totals = async (sale: string) => (await shop.gate.inspect(sale))?.totals;

async function sweep(saleId: string): Promise<void> {
  const { ledger, gate: holds, queue, clock } = shop;
  await sweepHolds(
    { ledger, holds, queue, clock, telemetry: { emit: () => undefined } },
    (await ledger.find(saleId)) as Sale,
  );
}

/** The answer to one step is lost on its way: it happened, or (`before`) it did not. */
async function losing<Value>(step: "addLines" | "purchase", before: boolean, during: () => Promise<Value>) {
  const { gate } = shop;
  const real = gate[step].bind(gate);
  Object.assign(gate, {
    [step]: async (request: never) => {
      if (!before) await real(request);
      return { kind: "outcome_unknown", epoch: 1 };
    },
  });
  return during().finally(() => Object.assign(gate, { [step]: real }));
}

describe("a cart", () => {
  it("is reserved until its deadline, grows, and is bought as one", async () => {
    const sale = await shop.openSale();
    const cart = await fill(sale, line("i00002"));
    const expires_at = new Date(shop.clock.nowMs() + 120_000).toISOString();
    expect(cart).toMatchObject({ status: "reserved", items: line("i00002").items, quantity: 1, expires_at });
    expect(shop.queue.pages).toEqual([]);

    const grown = await add(cart.ticket, { items: [...line("i00001").items, ...line("any").items] });
    expect(grown).toMatchObject({ status: 200, body: { id: cart.id, status: "reserved", quantity: 3, expires_at } });
    expect(grown.headers["cache-control"]).toBe("no-store");
    expect((await read(cart.ticket)).body).toEqual(grown.body);
    expect(grown.body.links).toMatchObject({
      purchase: `${cart.links.self}/purchase`,
      lines: `${cart.links.self}/lines`,
    });
    expect((await ask(shop.url, "GET", `/v1/sales/${sale}`)).body.stock).toMatchObject({ available: 2, held: 3 });

    const bought = await buy(cart.ticket);
    expect(bought).toMatchObject({ status: 202, body: { id: cart.id, status: "queued", items: grown.body.items } });
    expect(bought.headers).toMatchObject({ location: cart.links.self, "retry-after": "1" });
    expect((await read(cart.ticket)).body).toEqual(bought.body);
    expect((await buy(cart.ticket)).body).toEqual(bought.body);
    await shop.settle();
    const decided = (await read(cart.ticket)).body;
    expect(decided).toMatchObject({ status: "confirmed", order_id: cart.id, items: grown.body.items });
    expect(await buy(cart.ticket)).toMatchObject({ status: 202, body: decided });
    expect(await totals(sale)).toEqual({ available: 2, held: 0, sold: 3 });
  });

  it("waits for its shopper, and its purchase for the verdict, where the client prefers to wait", async () => {
    const wait = { prefer: "wait=20" };
    const cart = await fill(await shop.openSale(), line("any"), wait);
    const waiting = buy(cart.ticket, { ...owner, ...wait });
    await expect.poll(() => shop.queue.pages.length).toBe(1);
    await shop.settle();
    expect(await waiting).toMatchObject({ status: 202, body: { status: "confirmed" } });
  });

  it("answers its key with the cart as it is now, and not with a purchase of the same", async () => {
    const sale = await shop.openSale();
    const key = { "idempotency-key": "k" };
    const cart = await fill(sale, line("any"), key);
    expect(await fill(sale, line("any"), key)).toEqual(cart);
    await add(cart.ticket, line("any"));
    expect(await fill(sale, line("any"), key)).toMatchObject({ id: cart.id, status: "reserved", quantity: 2 });
    await buy(cart.ticket);
    expect(await fill(sale, line("any"), key)).toMatchObject({ id: cart.id, status: "queued", quantity: 2 });
    const other = await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { ...owner, ...key }, line("any"));
    expect(other).toMatchObject({ status: 422, body: { code: "key_reused" } });
    await shop.settle();
  });

  it("refuses to grow with the code of the reason, and takes nothing", async () => {
    const sale = await shop.openSale({ items: 3, limitPerUser: 2 });
    const { ticket } = await fill(sale, line("i00001"));
    expect(await add(ticket, line("i00001"))).toMatchObject({ status: 409, body: { code: "item_taken" } });
    expect(await add(ticket, line("any", 3))).toMatchObject({ status: 409, body: { code: "sold_out" } });
    expect(await add(ticket, line("any", 2))).toMatchObject({
      status: 403,
      body: { code: "user_limit", units_left: 1 },
    });
    expect(await add(ticket, line("nope"))).toMatchObject({ status: 400, body: { code: "unknown_item" } });
    expect(await add(ticket, line("any", 0))).toMatchObject({ status: 400, body: { code: "malformed" } });
    expect(await add(ticket, { ...line("any"), mode: "cart" })).toMatchObject({ status: 400 });
    expect(await add(ticket, "{")).toMatchObject({ status: 400 });
    expect(await add(ticket, line("any"), { ...owner, "content-type": "text/plain" })).toMatchObject({ status: 415 });
    const keyed = await add(ticket, line("any"), { ...owner, "idempotency-key": "k" });
    expect(keyed).toMatchObject({ status: 400, body: { errors: [{ field: "Idempotency-Key" }] } });
    shop.clock.ms += 60_000;
    expect(await add(ticket, line("any"))).toMatchObject({ status: 409, body: { code: "sale_closed" } });
    expect(await totals(sale)).toEqual({ available: 2, held: 1, sold: 0 });
    await buy(ticket);
    expect(await add(ticket, line("any"))).toMatchObject({ status: 409, body: { code: "not_a_cart" } });
    await shop.settle();
    expect(await add(ticket, line("any"))).toMatchObject({ status: 409, body: { code: "not_a_cart" } });
    expect(shop.errors).toEqual([]);
  });

  it("is its owner's alone to change, and only by a ticket that nobody altered", async () => {
    const sale = await shop.openSale();
    const { ticket } = await fill(sale);
    const steps = [
      (text: string, headers: Record<string, string>) => add(text, line("any"), headers),
      (text: string, headers: Record<string, string>) => buy(text, headers),
    ];
    for (const step of steps) {
      expect(await step(ticket, { "x-user-id": "thief" })).toMatchObject({
        status: 404,
        body: { code: "ticket_not_found" },
      });
      expect(await step(`${ticket}x`, owner)).toMatchObject({ status: 404, body: { code: "ticket_not_found" } });
      expect((await step(ticket, {})).status).toBe(401);
    }
    expect((await ask(shop.url, "GET", `/v1/tickets/${ticket}/purchase`)).headers["allow"]).toBe("POST, OPTIONS");
    expect(await totals(sale)).toEqual({ available: 4, held: 1, sold: 0 });
    await cancel(ticket);
  });
});

describe("a cart that ended", () => {
  it("is expired at its deadline, before and after the sweep has written it down", async () => {
    const sale = await shop.openSale({ settleUntilMs: shop.clock.nowMs() + 600_000 });
    const { ticket } = await fill(sale);
    shop.clock.ms += 120_000;
    for (const status of ["reserved", "expired"]) {
      expect((await read(ticket)).body.status).toBe(status);
      expect(await buy(ticket)).toMatchObject({ status: 409, body: { code: "ticket_expired" } });
      expect(await add(ticket, line("any"))).toMatchObject({ status: 409, body: { code: "ticket_expired" } });
      await sweep(sale);
    }
    expect(await totals(sale)).toEqual({ available: 5, held: 0, sold: 0 });
  });

  it("is cancelled for good", async () => {
    const { ticket } = await fill(await shop.openSale());
    expect((await cancel(ticket)).body).toMatchObject({ status: "cancelled", quantity: 1 });
    expect(await buy(ticket)).toMatchObject({ status: 409, body: { code: "ticket_cancelled" } });
    expect(await add(ticket, line("any"))).toMatchObject({ status: 409, body: { code: "ticket_cancelled" } });
  });

  it("still has its answer when its gate is gone", async () => {
    const sale = await shop.openSale();
    const [bought, left] = [await fill(sale), await fill(sale)];
    await buy(bought.ticket);
    await shop.settle();
    shop.clock.ms += 120_000;
    await shop.ledger.close(sale);
    await sweep(sale);
    await shop.gate.retire(sale, 1);
    expect(await buy(bought.ticket)).toMatchObject({ status: 202, body: { status: "confirmed" } });
    expect(await buy(left.ticket)).toMatchObject({ status: 409, body: { code: "ticket_expired" } });
  });
});

describe("a cart whose gate broke", () => {
  it("is to be bought again later, and is what it was after the recovery", async () => {
    const sale = await shop.openSale();
    const cart = await fill(sale, line("any", 2));
    shop.gate.restart();
    expect(await buy(cart.ticket)).toMatchObject({
      status: 503,
      body: { code: "gate_shut" },
      headers: { "retry-after": "1" },
    });
    expect(await add(cart.ticket, line("any"))).toMatchObject({ status: 503, body: { code: "gate_shut" } });
    await shop.recover(sale);
    expect((await read(cart.ticket)).body).toMatchObject({ status: "reserved", items: cart.items });
    expect(await add(cart.ticket, line("any"))).toMatchObject({ status: 200, body: { quantity: 3 } });
    expect(await buy(cart.ticket)).toMatchObject({ status: 202, body: { status: "queued", quantity: 3 } });
    await shop.settle();
    expect((await read(cart.ticket)).body).toMatchObject({ status: "confirmed", quantity: 3 });
  });

  it("is never told to be purchased while its gate is put in place again", async () => {
    const sale = await shop.openSale();
    const { ticket } = await fill(sale);
    const { ledger, gate } = shop;
    const statuses: unknown[] = [];
    const look = async () => {
      const { body } = await read(ticket);
      statuses.push(body.code ?? body.status);
    };
    await ledger.beginRecovery(sale, 1);
    await look();
    const survivors = await gate.shut(sale, 2, 1);
    if (survivors === "superseded") throw new Error("nobody else recovers here");
    await look();
    const snapshot = await ledger.adopt(sale, 2, survivors.holds);
    if (snapshot === "superseded") throw new Error("nobody else recovers here");
    await look();
    await gate.install(snapshot, survivors.incarnation);
    await look();
    expect(statuses).toEqual(["reserved", "reserved", "gate_shut", "reserved"]);
    expect(shop.errors).toEqual([]);
  });

  it("was lost with it: neither bought nor grown, by the ledger's word", async () => {
    const sale = await shop.openSale();
    const { ticket } = await fill(sale);
    const shut = shop.gate.shut.bind(shop.gate);
    shop.gate.shut = async (...args) => {
      const survivors = await shut(...args);
      return survivors === "superseded" ? survivors : { ...survivors, holds: [] };
    };
    await shop.recover(sale);
    shop.gate.shut = shut;
    const lost = { status: 409, body: { code: "ticket_rejected", reason: "gate_lost" } };
    expect(await buy(ticket)).toMatchObject(lost);
    expect(await add(ticket, line("any"))).toMatchObject(lost);
    expect((await read(ticket)).body).toMatchObject({ status: "rejected", code: "gate_lost" });
    expect(shop.errors).toEqual([]);
  });

  it.each([true, false])(
    "says of a lost answer what may have happened and what repeating does (before: %s)",
    async (before) => {
      const sale = await shop.openSale();
      const { ticket, links } = await fill(sale);
      const unknown = {
        status: 503,
        headers: { "retry-after": "1", location: links.self },
        body: { code: "outcome_unknown", ticket },
      };
      const lost = await losing("addLines", before, () => add(ticket, line("any")));
      expect(lost).toMatchObject(unknown);
      expect(lost.body.detail).toContain("twice");
      expect((await read(ticket)).body.quantity).toBe(before ? 1 : 2);
      const bought = await losing("purchase", before, () => buy(ticket));
      expect(bought).toMatchObject(unknown);
      expect(bought.body.detail).toContain("it happens once");
      expect((await read(ticket)).body.status).toBe(before ? "reserved" : "queued");
      expect((await buy(ticket)).status).toBe(202);
      await shop.settle();
      expect((await read(ticket)).body.status).toBe("confirmed");
    },
  );

  it("is not guessed at while Redis cannot be asked", async () => {
    const { ticket } = await fill(await shop.openSale());
    const holds = shop.gate.read.bind(shop.gate);
    shop.gate.read = () => Promise.reject(new Error("redis is away"));
    expect(await read(ticket)).toMatchObject({ status: 503, body: { code: "unavailable" } });
    shop.gate.read = holds;
    expect((await read(ticket)).body.status).toBe("reserved");
    expect(shop.errors.splice(0)).toHaveLength(1);
  });
});
