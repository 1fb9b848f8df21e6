import { describe, expect, test } from "vitest";
import { Tally } from "../src/siege/crowd/counts.ts";
import type { TicketTold } from "../src/siege/crowd/ticket.ts";
import { TicketBook } from "../src/siege/crowd/ticket-book.ts";

function told(checkoutId: string, but: Partial<TicketTold> = {}): TicketTold {
  return {
    checkoutId,
    sealed: `sealed-${checkoutId}`,
    epoch: 1,
    state: "queued",
    lines: "i1:1",
    expiresAtMs: 900,
    decidedAtMs: null,
    ...but,
  };
}

const HELD = { checkoutId: "c", sealed: "sealed-c", saleId: "x-1", userId: "ada" };

function openBook() {
  const tally = new Tally();
  const book = new TicketBook(tally);
  const openIds = () => book.open().map(({ checkoutId }) => checkoutId);
  return { book, openIds, counts: () => tally.counts(book.pending) };
}

describe("a book of tickets", () => {
  test("keeps each ticket until its end is told, once", () => {
    const { book, counts, openIds } = openBook();
    expect(book.accept(told("c"), "x-1", "ada")).toMatchObject({ ...HELD, acknowledged: true, cartUntilMs: null });
    expect(book.accept(told("c"), "x-1", "ada")).toBeNull();
    expect(counts()).toMatchObject({ checkouts: 1, pending: 1, told: {} });
    book.close("c", "confirmed");
    book.close("c", "confirmed");
    expect(counts()).toMatchObject({ checkouts: 1, pending: 0, told: { confirmed: 1 } });
    expect(book.accept(told("c"), "x-1", "ada")).toBeNull();
    expect(openIds()).toEqual([]);
  });

  test("knows until when a cart may be left alone", () => {
    const { book } = openBook();
    expect(book.accept(told("c", { state: "reserved" }), "x-1", "ada")?.cartUntilMs).toBe(900);
  });

  test("an acknowledgement that tells the end is the end", () => {
    const { book, counts, openIds } = openBook();
    book.accept(told("c", { state: "expired" }), "x-1", "ada");
    book.accept(told("d"), "x-1", "ada");
    book.accept(told("d", { state: "confirmed" }), "x-1", "ada");
    expect(counts()).toMatchObject({ checkouts: 2, pending: 0, told: { expired: 1, confirmed: 1 } });
    expect(openIds()).toEqual([]);
  });

  test("a checkout that is only a name counts once it is acknowledged", () => {
    const { book, counts, openIds } = openBook();
    expect(book.hearOf(HELD)).toMatchObject({ acknowledged: false });
    expect(book.hearOf(HELD)).toBeNull();
    expect(counts()).toMatchObject({ checkouts: 0, pending: 0 });
    expect(book.accept(told("c"), "x-1", "ada")).not.toBeNull();
    expect(book.hearOf(HELD)).toBeNull();
    expect(counts()).toMatchObject({ checkouts: 1, pending: 1 });
    expect(openIds()).toEqual(["c"]);
  });

  test("a name that came to nothing is forgotten without being counted", () => {
    const { book, counts, openIds } = openBook();
    book.hearOf(HELD);
    book.close("c", "expired");
    expect(openIds()).toEqual([]);
    expect(counts()).toMatchObject({ checkouts: 0, pending: 0, told: {} });
  });
});

test("times of acknowledgement are told by rank, to the millisecond", () => {
  const tally = new Tally();
  expect(tally.counts(0)).toMatchObject({ ackMsP50: 0, ackMsP99: 0 });
  for (let ms = 1; ms <= 100; ms += 1) tally.acknowledge(ms);
  expect(tally.counts(0)).toMatchObject({ acknowledged: 100, ackMsP50: 50, ackMsP99: 99 });
  tally.acknowledge(1_000_000);
  expect(tally.counts(0).ackMsP99).toBe(100);
});

test("refusals, unknown outcomes and server errors are counted apart, by code", () => {
  const tally = new Tally();
  tally.turnedAway({ kind: "fail", code: "sold_out", retryAfterMs: null });
  tally.turnedAway({ kind: "fail", code: "sold_out", retryAfterMs: null });
  tally.turnedAway({ kind: "info", code: "timeout", retryAfterMs: null, named: null });
  tally.serverError(500);
  expect(tally.counts(0)).toMatchObject({
    refused: { sold_out: 2 },
    unknown: { timeout: 1 },
    serverErrors: { 500: 1 },
  });
});
