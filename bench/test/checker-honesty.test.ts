import { CART_MS } from "@flashgate/core";
import { describe, expect, test } from "vitest";
import type { CheckoutRow } from "../src/siege/checker/ledger-rows.ts";
import type { Destruction, HistoryEntry } from "../src/siege/history.ts";
import { acknowledged, broken, row, step, type Tale, unanswered } from "./siege-tale.ts";

const LOST: Partial<CheckoutRow> = { state: "rejected", reason: "gate_lost" };

/** Epoch 3 was open when it happened, at 12,000; what was answered before 11,500 survived. */
function destroyed(but: Partial<Destruction> = {}): HistoryEntry {
  const destruction: Destruction = {
    kind: "older_copy",
    saleEpochs: { "x-1": 3 },
    keptUntilMs: 11_500,
    lostAtMs: 12_000,
    holdsLost: 1,
    ...but,
  };
  return { kind: "destroyed", destruction };
}

/** A checkout of epoch 3, answered at 11,600, and whatever happens to it. */
function told(but: Parameters<typeof acknowledged>[1] = {}): HistoryEntry[] {
  return acknowledged("c", { epoch: 3, invokedAtMs: 11_590, toldAtMs: 11_600, ...but });
}

describe("8: a ticket is kept", () => {
  test.each(["sold_out", "user_limit", "key_reused"] as const)("whatever was destroyed, none is %s", (reason) => {
    const rows = [row("c", { state: "rejected", reason })];
    expect(broken({ history: [...told(), destroyed()], rows })).toEqual([8]);
  });

  test("without a loss, none is gate_lost", () => {
    expect(broken({ history: told(), rows: [row("c", LOST)] })).toEqual([8]);
    expect(broken({ history: [...told(), destroyed()], rows: [row("c", LOST)] })).toEqual([]);
    const elsewhere = destroyed({ saleEpochs: { "x-2": 3 } });
    expect(broken({ history: [...told(), elsewhere], rows: [row("c", LOST)] })).toEqual([8]);
  });

  test.each([
    [2, [8]],
    [3, []],
    [4, [8]],
  ])("a ticket of epoch %i is not excused by a loss in another epoch than 3", (epoch, found) => {
    expect(broken({ history: [...told({ epoch }), destroyed()], rows: [row("c", LOST)] })).toEqual(found);
  });

  test.each([
    [11_499, [8]],
    [11_500, []],
  ])("told at %i: what was answered before 11,500 survived", (toldAtMs, found) => {
    const history = [...told({ toldAtMs, invokedAtMs: 11_400 }), destroyed()];
    expect(broken({ history, rows: [row("c", LOST)] })).toEqual(found);
    const all = [...told({ toldAtMs, invokedAtMs: 11_400 }), destroyed({ kind: "wiped", keptUntilMs: null })];
    expect(broken({ history: all, rows: [row("c", LOST)] })).toEqual([]);
  });

  test.each([
    [12_000, []],
    [12_001, [8]],
  ])("asked at %i: what was asked after the loss was not lost by it", (invokedAtMs, found) => {
    const history = [...told({ invokedAtMs, toldAtMs: 12_500 }), destroyed()];
    expect(broken({ history, rows: [row("c", LOST)] })).toEqual(found);
  });

  test.each([
    [3, 12_900, []],
    [4, 12_900, []],
    [2, 12_900, [8]],
    [3, 12_901, [8]],
  ])("an old primary answered until 12,900: epoch %i, asked at %i", (epoch, invokedAtMs, found) => {
    const promoted = destroyed({ kind: "promoted", zombieUntilMs: 12_900 });
    const history = [...told({ epoch, invokedAtMs, toldAtMs: 13_000 }), promoted];
    expect(broken({ history, rows: [row("c", LOST)] })).toEqual(found);
  });

  test("what was acknowledged again after the loss is a new promise", () => {
    const history = (...again: HistoryEntry[]) => [...told({ key: "k", mode: "cart" }), destroyed(), ...again];
    const rows = [row("c", { ...LOST, key: "k" })];
    const later = { invokedAtMs: 13_000, toldAtMs: 13_010 };
    expect(broken({ history: history(), rows })).toEqual([]);
    expect(broken({ history: history(...told({ key: "k", mode: "cart", epoch: 4, ...later })), rows })).toEqual([8]);
    expect(broken({ history: history(...step("purchase", "c", "ok", later)), rows })).toEqual([8]);
    expect(broken({ history: history(...step("purchase", "c", "info", later)), rows })).toEqual([]);
    const lost = { invokedAtMs: 11_650, toldAtMs: 11_660 };
    expect(broken({ history: history(...step("purchase", "c", "ok", lost)), rows })).toEqual([]);
  });

  test("who was told that it is cancelled has cancelled", () => {
    const history = [...acknowledged("c"), ...step("cancel", "c", "ok")];
    expect(broken({ history, rows: [row("c", { state: "cancelled" })] })).toEqual([]);
    expect(broken({ history, rows: [row("c")] })).toEqual([5, 8]);
    const asked = [...acknowledged("c"), ...step("cancel", "c", "info")];
    expect(broken({ history: asked, rows: [row("c")] })).toEqual([]);
  });

  test("an old primary explains why an older epoch answers after a newer one", () => {
    const history = [
      ...acknowledged("new", { epoch: 4, invokedAtMs: 12_100, toldAtMs: 12_110 }),
      ...told({ invokedAtMs: 12_200, toldAtMs: 12_210 }),
    ];
    const rows = [row("new"), row("c", LOST)];
    expect(broken({ history: [...history, destroyed()], rows })).toEqual([8, 10]);
    expect(broken({ history: [...history, destroyed({ zombieUntilMs: 12_900 })], rows })).toEqual([]);
  });
});

describe("8: expiry", () => {
  const expired = (decidedAtMs: number, reservedAtMs: number | null = 11_005) => [
    row("c", { state: "expired", decidedAtMs, reservedAtMs }),
  ];

  test.each([
    [29_999, [8]],
    [30_000, []],
  ])("what was purchased expires at %i: not before settle_until", (decidedAtMs, found) => {
    expect(broken({ history: acknowledged("c"), rows: expired(decidedAtMs) })).toEqual(found);
    const cart = [...acknowledged("c", { mode: "cart" }), ...step("purchase", "c", "ok")];
    expect(broken({ history: cart, rows: expired(decidedAtMs) })).toEqual(found);
  });

  test("a cart expires after its two minutes, or at settle_until where that comes first", () => {
    const cart = (sale: { settleUntilMs: number }, decidedAtMs: number) =>
      broken({
        history: acknowledged("c", { mode: "cart" }),
        rows: expired(decidedAtMs),
        sale: { ...sale, closedAtMs: null },
      });
    expect(cart({ settleUntilMs: 900_000 }, 11_005 + CART_MS)).toEqual([]);
    expect(cart({ settleUntilMs: 900_000 }, 11_004 + CART_MS)).toEqual([8]);
    expect(cart({ settleUntilMs: 30_000 }, 30_000)).toEqual([]);
    expect(cart({ settleUntilMs: 30_000 }, 29_999)).toEqual([8]);
  });

  test("a purchase that nobody acknowledged leaves a cart that expires as a cart", () => {
    const history = [...acknowledged("c", { mode: "cart" }), ...step("purchase", "c", "info")];
    const rows = expired(11_005 + CART_MS);
    expect(broken({ history, rows, sale: { settleUntilMs: 900_000, closedAtMs: null } })).toEqual([]);
  });

  test.each<[string, Partial<Destruction>, boolean]>([
    ["while its opening lasted", {}, true],
    ["after it was told", { lostAtMs: 11_700 }, true],
    ["when it was being asked for", { lostAtMs: 11_690 }, true],
    ["before it was asked for", { lostAtMs: 11_689 }, false],
    ["and an older copy came back", { keptUntilMs: 11_700 }, true],
    ["but a copy of after it survived", { keptUntilMs: 11_701 }, false],
    ["but it was told before the opening that was lost began", { saleEpochs: { "x-1": 4 } }, false],
    ["in another sale", { saleEpochs: { "x-2": 3 } }, false],
    ["and an old primary took it", { saleEpochs: { "x-1": 4 }, zombieUntilMs: 11_690 }, true],
    ["after an old primary had died", { saleEpochs: { "x-1": 4 }, zombieUntilMs: 11_689 }, false],
  ])("a purchase may be lost with its gate: %s", (_, loss, excused) => {
    expect(broken(purchasedAt(11_700, [], loss))).toEqual(excused ? [] : [8]);
  });

  test.each([
    [11_799, false],
    [11_800, true],
  ])("a purchase told at %i may be of epoch 4, as epoch 3 took its last request at 11,800", (toldAtMs, excused) => {
    const loss = { saleEpochs: { "x-1": 4 } };
    expect(broken(purchasedAt(toldAtMs, [], loss))).toEqual(excused ? [] : [8]);
  });

  test("an old primary that still takes requests in epoch 3 says nothing of when epoch 4 began", () => {
    const zombie = acknowledged("z", { epoch: 3, invokedAtMs: 11_900, toldAtMs: 11_910 });
    const loss = { saleEpochs: { "x-1": 4 } };
    expect(broken(purchasedAt(11_850, zombie, loss))).toEqual([8]);
    const before = destroyed({ keptUntilMs: 11_890, lostAtMs: 11_895, zombieUntilMs: 11_900 });
    // what is left to go by is the first request of epoch 3, at 11,590
    expect(broken(purchasedAt(11_850, [...zombie, before], loss))).toEqual([]);
  });

  /** A cart of epoch 3 whose purchase was acknowledged; it expired as a cart, and there was a loss. */
  function purchasedAt(toldAtMs: number, more: readonly HistoryEntry[], loss: Partial<Destruction>): Tale {
    const others = [
      ...acknowledged("d", { epoch: 3, invokedAtMs: 11_800, toldAtMs: 11_810 }),
      ...more,
      ...acknowledged("e", { epoch: 4, invokedAtMs: 12_200, toldAtMs: 12_210 }),
    ];
    const purchase = step("purchase", "c", "ok", { invokedAtMs: toldAtMs - 10, toldAtMs });
    return {
      history: [...told({ mode: "cart" }), ...purchase, ...others, destroyed(loss)],
      rows: [...expired(11_005 + CART_MS), row("d"), row("e"), ...(more.length > 0 ? [row("z")] : [])],
      sale: { settleUntilMs: 900_000, closedAtMs: null, limitPerUser: 9 },
    };
  }
});

describe("8: lines", () => {
  const items = [
    { itemId: "i1", stock: 5, sold: 1, held: 0 },
    { itemId: "i2", stock: 5, sold: 1, held: 0 },
  ];
  const got = (lines: string, units: number) => [row("c", { lines, units })];
  const purchase = step("purchase", "c", "ok");

  test("what was told is what is sold", () => {
    const history = acknowledged("c", { lines: "i1:1,i2:1" });
    expect(broken({ history, rows: got("i1:1,i2:1", 2), items })).toEqual([]);
    const one = [{ itemId: "i1", stock: 10, sold: 1, held: 0 }];
    expect(broken({ history, rows: got("i1:1", 1), items: one })).toEqual([8]);
    const other = [{ itemId: "i1", stock: 10, sold: 2, held: 0 }];
    expect(broken({ history, rows: got("i1:2", 2), items: other })).toEqual([8]);
    expect(broken({ history: acknowledged("c", { lines: "" }), rows: got("i1:1,i2:1", 2), items })).toEqual([]);
  });

  test("the lines of what was purchased at once never change, and those of a cart only grow", () => {
    const twice = (mode: "cart" | "purchase", first: string, second: string) => ({
      history: [
        ...acknowledged("c", { key: "k", mode, lines: first }),
        ...acknowledged("c", { key: "k", mode, lines: second }),
        ...purchase,
      ],
      rows: [row("c", { key: "k", lines: "i1:1,i2:1", units: 2 })],
      items,
    });
    expect(broken(twice("purchase", "i1:1,i2:1", "i1:1,i2:1"))).toEqual([]);
    expect(broken(twice("purchase", "i1:1,i2:1", ""))).toEqual([]);
    expect(broken(twice("purchase", "i1:1,i2:1", "i1:1"))).toEqual([8]);
    expect(broken(twice("cart", "i1:1", "i1:1,i2:1"))).toEqual([]);
    expect(broken(twice("cart", "i1:1,i2:1", "i1:1"))).toEqual([]);
    expect(broken(twice("cart", "i1:1,i2:1", "i1:2"))).toEqual([8]);
  });

  test("what was added and acknowledged is sold with the rest", () => {
    const cart = acknowledged("c", { mode: "cart" });
    const add = step("add", "c", "ok", { demand: "1+", lines: "i1:1,i2:1" });
    expect(broken({ history: [...cart, ...add, ...purchase], rows: got("i1:1,i2:1", 2), items })).toEqual([]);
    expect(broken({ history: [...cart, ...add, ...purchase], rows: got("i1:1", 1) })).toEqual([8]);
  });

  test("what may have been added may be sold, and no more", () => {
    const history = [
      ...acknowledged("c", { mode: "cart" }),
      ...step("add", "c", "info", { demand: "1+" }),
      ...purchase,
    ];
    const units = (sold: number) => [{ itemId: "i1", stock: 10, sold, held: 0 }];
    expect(broken({ history, rows: got("i1:1", 1), items: units(1) })).toEqual([]);
    expect(broken({ history, rows: got("i1:2", 2), items: units(2) })).toEqual([]);
    expect(broken({ history, rows: got("i1:3", 3), items: units(3) })).toEqual([8]);
  });

  test("lines that were told and are neither more nor less than others are seen, unless a loss parted them", () => {
    const cart = told({ mode: "cart" });
    const later = step("purchase", "c", "ok", { invokedAtMs: 13_000, toldAtMs: 13_010 });
    const add = (lines: string, toldAtMs: number) =>
      step("add", "c", "ok", { demand: "1+", lines, invokedAtMs: toldAtMs - 10, toldAtMs });
    const history = [...cart, ...add("i1:1,i2:1", 11_700), ...add("i1:2", 12_500), ...later];
    const rows = got("i1:2", 2);
    const sold = [{ itemId: "i1", stock: 10, sold: 2, held: 0 }];
    expect(broken({ history, rows, items: sold })).toEqual([8]);
    expect(broken({ history: [...history, destroyed()], rows, items: sold })).toEqual([]);
    // what was told after the loss is to be kept, what it took is not
    const kept = { rows: got("i1:1,i2:1", 2), items };
    expect(broken({ history: [...history, destroyed()], ...kept })).toEqual([8]);
    const both = [...cart, ...add("i1:1,i2:1", 11_700), ...add("i1:2", 12_500), ...later];
    expect(broken({ history: both, rows: got("i1:1,i2:1", 2), items })).toEqual([8]);
  });
});

describe("7: one checkout for each key", () => {
  const keyed = (id: string, but: Parameters<typeof acknowledged>[1] = {}) => acknowledged(id, { key: "k", ...but });
  const rowOf = (id: string, but: Partial<CheckoutRow> = {}) => row(id, { key: "k", ...but });

  test("the same request again is the same checkout; one without a key is always another", () => {
    expect(broken({ history: [...keyed("c"), ...keyed("c")], rows: [rowOf("c")] })).toEqual([]);
    expect(broken({ history: [...acknowledged("c"), ...acknowledged("c")], rows: [row("c")] })).toEqual([7]);
  });

  test.each([
    ["another demand", { demand: "2+" }],
    ["another mode", { mode: "cart" as const }],
    ["another user", { userId: "bob" }],
    ["another key", { key: "l" }],
  ])("a key does not answer for %s", (_, but) => {
    expect(broken({ history: [...keyed("c"), ...keyed("c", but)], rows: [rowOf("c")] })).toEqual([7]);
  });

  test("two rows that take stock do not share a key; users may", () => {
    const history = [...keyed("c"), ...acknowledged("d", { userId: "bob", key: "k" })];
    expect(broken({ history, rows: [rowOf("c"), rowOf("d", { userId: "bob" })] })).toEqual([]);
    const twice = [...keyed("c"), ...keyed("d")];
    expect(broken({ history: twice, rows: [rowOf("c"), rowOf("d", { state: "held", decidedAtMs: null })] })).toEqual([
      5, 7,
    ]);
  });

  test("a key counts among rows that nobody was told of; a row that takes nothing leaves it free", () => {
    const asked = [...unanswered({ key: "k" }), ...unanswered({ key: "k" })];
    expect(broken({ history: asked, rows: [rowOf("c"), rowOf("d")] })).toEqual([7]);
    expect(broken({ history: asked, rows: [rowOf("c", { state: "cancelled" }), rowOf("d")] })).toEqual([]);
    const keyless = [...unanswered(), ...unanswered()];
    expect(broken({ history: keyless, rows: [row("c"), row("d")] })).toEqual([]);
  });

  test("two checkouts for one key are one too many, unless the first was lost or came to be rejected", () => {
    const twice = [...keyed("c", { epoch: 3, toldAtMs: 11_600 }), ...keyed("d", { epoch: 4, invokedAtMs: 13_000 })];
    const cancelled = [rowOf("c", { state: "cancelled" }), rowOf("d")];
    expect(broken({ history: twice, rows: cancelled })).toEqual([7]);
    expect(broken({ history: [...twice, destroyed()], rows: cancelled })).toEqual([]);
    expect(broken({ history: [...twice, destroyed()], rows: [rowOf("c", LOST), rowOf("d")] })).toEqual([]);
    expect(broken({ history: twice, rows: [rowOf("c", LOST), rowOf("d")] })).toEqual([8]);
  });

  test("what was confirmed keeps its key", () => {
    expect(broken({ history: keyed("c"), rows: [row("c")] })).toEqual([7]);
  });
});
