import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TicketSeal } from "../src/ticket-seal.ts";
import { ask, openShop, SECRET, type Shop } from "./shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

async function reserve(sale: string, user = "u") {
  const body = { items: [{ item_id: "any", quantity: 1 }] };
  const reply = await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": user }, body);
  expect(reply.status).toBe(202);
  return reply.body as { id: string; ticket: string; links: { self: string } };
}

describe("GET /v1/tickets/{ticket}", () => {
  it("waits for the verdict as long as the client prefers", async () => {
    const ticket = await reserve(await shop.openSale());
    const waiting = ask(shop.url, "GET", ticket.links.self, { prefer: "wait=20" });
    await shop.settle();
    expect(await waiting).toMatchObject({ status: 200, body: { status: "confirmed" } });
  });

  it("still answers when the gate is shut and when its sale is off the board", async () => {
    const sale = await shop.openSale();
    const ticket = await reserve(sale);
    shop.gate.restart();
    shop.board.retain(new Set());
    const reply = await ask(shop.url, "GET", ticket.links.self);
    expect(reply).toMatchObject({ status: 200, body: { status: "queued" } });
    expect(reply.body.expires_at).toBeUndefined();
    await shop.keeper.resync({ missed: true });
  });

  it("tells a checkout that was lost with its gate, and never tells otherwise again", async () => {
    const sale = await shop.openSale();
    const seal = new TicketSeal(SECRET);
    const ghost = {
      checkoutId: "0193a1c2-0000-7000-8000-00000000dead",
      saleId: sale,
      epoch: 1,
      userId: "u",
      reservedAtMs: 1,
      lines: [],
    };
    const path = `/v1/tickets/${seal.seal(ghost)}`;
    expect((await ask(shop.url, "GET", path)).body.status).toBe("queued");
    shop.gate.restart();
    await shop.recover(sale);
    for (let times = 0; times < 2; times += 1) {
      expect((await ask(shop.url, "GET", path)).body).toMatchObject({ status: "rejected", code: "gate_lost" });
    }
  });
});

describe("DELETE /v1/tickets/{ticket}", () => {
  it("gives the units back, at once and once", async () => {
    const sale = await shop.openSale({ items: 1 });
    const { ticket } = await reserve(sale);
    for (let times = 0; times < 2; times += 1) {
      const reply = await ask(shop.url, "DELETE", `/v1/tickets/${ticket}`, { "x-user-id": "u" });
      expect(reply).toMatchObject({ status: 200, body: { status: "cancelled" } });
      expect((await shop.gate.inspect(sale))?.totals).toEqual({ available: 1, held: 0, sold: 0 });
    }
    await shop.settle();
    await reserve(sale, "v");
    await shop.settle();
    expect((await shop.ledger.find(sale))?.itemsSold).toBe(1);
  });

  it("refuses to undo an order", async () => {
    const { ticket } = await reserve(await shop.openSale());
    await shop.settle();
    const reply = await ask(shop.url, "DELETE", `/v1/tickets/${ticket}`, { "x-user-id": "u" });
    expect(reply).toMatchObject({ status: 409, body: { code: "already_confirmed" } });
  });
});

describe("the seal", () => {
  const ticket = { checkoutId: "c", saleId: "s", epoch: 1, userId: "u", reservedAtMs: 5, lines: [] };
  const [older, newer] = ["o".repeat(32), "n".repeat(32)];

  it("reads the tickets of the secret before, and of no other", () => {
    const sealed = new TicketSeal(older).seal(ticket);
    expect(new TicketSeal(newer, older).open(sealed)).toEqual(ticket);
    expect(new TicketSeal(newer).open(sealed)).toBeNull();
    expect(new TicketSeal(newer, older).seal(ticket)).toBe(new TicketSeal(newer).seal(ticket));
  });
});
