import type { Hold } from "@flashgate/core";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TicketSeal } from "../src/ticket-seal.ts";
import { ask, openShop, type Reply, SECRET, type Shop } from "./shop.ts";

const CROWD = 1_000;

let shop: Shop;
let sale: string;
let holds: readonly Hold[];
let tickets: readonly string[];
/** Reads of the ledger so far; while `held`, they wait. */
const reads = { count: 0, held: [] as (() => void)[] | null };

beforeAll(async () => {
  shop = await openShop();
  sale = await shop.openSale({ items: 1, stock: CROWD });
  holds = Array.from({ length: CROWD }, (_, shopper) => holdOf(shopper));
  const seal = new TicketSeal(SECRET);
  tickets = holds.map(({ sinceMs, ...hold }) => seal.seal({ ...hold, saleId: sale, epoch: 1, reservedAtMs: sinceMs }));
  for (const name of ["status", "find", "records"] as const) {
    const read = shop.ledger[name].bind(shop.ledger) as (...given: unknown[]) => Promise<never>;
    shop.ledger[name] = async (...given: unknown[]) => {
      reads.count += 1;
      await new Promise<void>((resolve) => (reads.held ? reads.held.push(resolve) : resolve()));
      return read(...given);
    };
  }
});
afterAll(() => shop.stop());

/** A unit that the gate took and handed a ticket for. */
function holdOf(shopper: number): Hold {
  return {
    checkoutId: uuidv7(),
    userId: `u${shopper}`,
    mode: "submitted",
    lines: [{ itemId: "i00001", quantity: 1 }],
    key: "",
    fingerprint: "",
    sinceMs: shop.clock.nowMs(),
    deadlineMs: shop.clock.nowMs() + 60_000,
  };
}

const waitFor = (ticket: string) => ask(shop.url, "GET", `/v1/tickets/${ticket}`, { prefer: "wait=25" });
const answered = (replies: Reply[]) => [...new Set(replies.map(({ status, body }) => `${status} ${body.status}`))];

describe("a thousand shoppers who wait on one process", () => {
  it("cost a few reads of the ledger, and are all answered when it has decided, told of it or not", async () => {
    // Two ask alone; while they wait, the rest come together.
    const first = tickets.slice(0, 2).map(waitFor);
    await expect.poll(() => reads.held?.length).toBe(2);
    let arrived = 0;
    shop.server.on("request", () => {
      arrived += 1;
    });
    const crowd = tickets.slice(2).map(waitFor);
    await expect.poll(() => arrived, { timeout: 20_000 }).toBe(CROWD - 2);
    const held = reads.held ?? [];
    reads.held = null;
    for (const read of held) read();
    await expect.poll(() => shop.verdicts.awaited().length, { timeout: 20_000 }).toBe(CROWD);
    // Two alone, and two batches of two reads each.
    expect(reads.count).toBe(6);

    await shop.statuses.lookAgain();
    expect(reads.count).toBe(10);

    const judged = await shop.ledger.settleAll(sale, 1, holds);
    if (judged === "contested") throw new Error("contested");
    for (const told of judged.slice(CROWD / 2)) shop.verdicts.note(told);
    await expect.poll(() => shop.verdicts.awaited().length, { timeout: 20_000 }).toBe(CROWD / 2);
    const settled = reads.count;
    await shop.statuses.lookAgain();
    expect(reads.count - settled).toBe(2);
    expect(answered(await Promise.all([...first, ...crowd]))).toEqual(["200 confirmed"]);
    expect(reads.count - settled).toBe(2);
    expect(shop.verdicts.awaited()).toEqual([]);
  });
});

describe("somebody who waits", () => {
  it("is answered with how it stands when the time is over", async () => {
    const { body } = await reserveOne();
    const reply = await ask(shop.url, "GET", `/v1/tickets/${body.ticket}`, { prefer: "wait=1" });
    expect(reply).toMatchObject({ status: 200, body: { status: "queued" } });
    expect(shop.verdicts.awaited()).toEqual([]);
  });

  it("and went away is forgotten at the next look", async () => {
    const { body } = await reserveOne();
    const leaving = new AbortController();
    const waiting = fetch(`${shop.url}/v1/tickets/${body.ticket}`, {
      headers: { prefer: "wait=25" },
      signal: leaving.signal,
    });
    await expect.poll(() => shop.verdicts.awaited().length).toBe(1);
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await expect.poll(() => shop.verdicts.awaited()).toEqual([]);
  });

  it("is answered when the ledger is back after it was away", async () => {
    const { body } = await reserveOne();
    const waiting = waitFor(body.ticket);
    await expect.poll(() => shop.verdicts.awaited().length).toBe(1);
    const note = shop.verdicts.note.bind(shop.verdicts);
    shop.verdicts.note = () => undefined;
    await shop.settle();
    shop.verdicts.note = note;
    const status = shop.ledger.status;
    shop.ledger.status = () => Promise.reject(new Error("postgres is away"));
    await expect(shop.statuses.lookAgain()).rejects.toThrow("away");
    shop.ledger.status = status;
    await shop.statuses.lookAgain();
    expect((await waiting).body.status).toBe("confirmed");
  });
});

async function reserveOne() {
  const sale = await shop.openSale();
  const body = { items: [{ item_id: "any", quantity: 1 }] };
  return ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": "one" }, body);
}
