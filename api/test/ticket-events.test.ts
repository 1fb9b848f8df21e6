import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { follow } from "./event-reader.ts";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop(undefined, { streamsMax: 2 });
});
afterEach(() => shop.stop());

async function reserve(sale: string, mode = "purchase") {
  const body = { mode, items: [{ item_id: "any", quantity: 1 }] };
  const reply = await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": "u" }, body);
  expect(reply.status).toBe(202);
  return reply.body as { id: string; ticket: string };
}

const events = ({ ticket }: { ticket: string }, headers: Record<string, string> = {}) =>
  follow(shop.url, `/v1/tickets/${ticket}/events`, headers);
const status = async ({ ticket }: { ticket: string }) => (await ask(shop.url, "GET", `/v1/tickets/${ticket}`)).body;

/** What the ledger decides is not told to this process. */
function cutFeed() {
  const note = shop.verdicts.note.bind(shop.verdicts);
  shop.verdicts.note = () => undefined;
  return () => {
    shop.verdicts.note = note;
  };
}

describe("GET /v1/tickets/{ticket}/events", () => {
  it("begins with how the ticket stands and ends with its verdict", async () => {
    const ticket = await reserve(await shop.openSale());
    const stream = await events(ticket);
    expect(stream.headers["cache-control"]).toBe("no-store, no-transform");
    expect((await stream.until(1))[0]).toMatchObject({ event: "snapshot", id: "queued", data: await status(ticket) });
    await shop.settle();
    await stream.ended;
    expect(stream.events().slice(1)).toEqual([{ event: "verdict", id: "confirmed", data: await status(ticket) }]);
    expect(shop.streams.size).toBe(0);
    expect(shop.verdicts.awaited()).toEqual([]);
  });

  it("hears of a verdict that was not told, from the ledger", async () => {
    const ticket = await reserve(await shop.openSale());
    const stream = await events(ticket);
    await stream.until(1);
    const mend = cutFeed();
    await shop.settle();
    mend();
    expect(stream.events()).toHaveLength(1);
    await shop.statuses.lookAgain();
    await stream.ended;
    expect(stream.events()[1]).toMatchObject({ event: "verdict", data: { status: "confirmed" } });
  });

  it("tells a cart's verdict with its items, also where the ledger was away when it was heard of", async () => {
    const sale = await shop.openSale();
    const cart = await reserve(sale, "cart");
    const stream = await events(cart);
    expect((await stream.until(1))[0]).toMatchObject({ id: "reserved", data: { status: "reserved", quantity: 1 } });
    await ask(shop.url, "POST", `/v1/tickets/${cart.ticket}/purchase`, { "x-user-id": "u" });
    const read = shop.ledger.status.bind(shop.ledger);
    const { promise, fail } = refusal();
    shop.ledger.status = fail;
    await shop.settle();
    await promise;
    shop.ledger.status = read;
    await shop.statuses.lookAgain();
    await stream.ended;
    expect(stream.events()[1]).toMatchObject({ event: "verdict", data: { status: "confirmed", quantity: 1 } });
  });

  it("ends at once where the verdict is known, and tells who comes back that nothing more will come", async () => {
    const ticket = await reserve(await shop.openSale());
    await shop.settle();
    const stream = await events(ticket);
    await stream.ended;
    expect(stream.events()).toEqual([{ event: "snapshot", id: "confirmed", data: await status(ticket) }]);
    expect((await events(ticket, { "last-event-id": "confirmed" })).status).toBe(204);
  });

  it("forgets who left", async () => {
    const stream = await events(await reserve(await shop.openSale()));
    expect(shop.verdicts.awaited()).toHaveLength(1);
    stream.leave();
    await expect.poll(() => shop.streams.size).toBe(0);
    expect(shop.verdicts.awaited()).toEqual([]);
  });

  it("needs a ticket that is one, and a place", async () => {
    const ticket = await reserve(await shop.openSale());
    expect(await ask(shop.url, "GET", `/v1/tickets/${ticket.ticket}x/events`)).toMatchObject({
      status: 404,
      body: { code: "ticket_not_found" },
    });
    await Promise.all([events(ticket), events(ticket)]);
    const full = await ask(shop.url, "GET", `/v1/tickets/${ticket.ticket}/events`);
    expect(full).toMatchObject({ status: 503, body: { code: "too_many_streams" } });
    expect(full.headers["retry-after"]).toBeDefined();
  });

  it("ends when the process stops, without a verdict", async () => {
    const stream = await events(await reserve(await shop.openSale()));
    await stream.until(1);
    shop.streams.close();
    shop.verdicts.close();
    await stream.ended;
    expect(stream.events()).toHaveLength(1);
  });
});

/** A read that fails, and when it has. */
function refusal() {
  let told: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    told = resolve;
  });
  const fail = () => {
    told();
    return Promise.reject(new Error("postgres is away"));
  };
  return { promise, fail };
}
