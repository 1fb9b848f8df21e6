import { audit, type GateFacts, type Hold, hourlySale, type LedgerFacts, type Violation } from "@flashgate/core";
import { describe, expect, it } from "vitest";

const HOUR = Date.UTC(2026, 10, 22, 10);

/** Three units of two items: one sold to u, one to v, one left. */
const ledger: LedgerFacts = {
  sale: {
    ...hourlySale(HOUR),
    totalItems: 3,
    itemsSold: 2,
    itemsHeld: 0,
    limitPerUser: 1,
    epoch: 2,
    openEpoch: 2,
    state: "open",
    paused: false,
    pauseVersion: 0,
    attempts: "all",
  },
  closedAtMs: null,
  confirmedUnits: 2,
  heldUnits: 0,
  items: [
    { itemId: "a", stock: 1, sold: 1, held: 0, confirmedUnits: 1, heldUnits: 0 },
    { itemId: "b", stock: 2, sold: 1, held: 0, confirmedUnits: 1, heldUnits: 0 },
  ],
  buyers: [
    { userId: "u", units: 1, confirmedUnits: 1 },
    { userId: "v", units: 1, confirmedUnits: 1 },
  ],
  keysUsedTwice: [],
  confirmedWithoutAttempt: 0,
  confirmedOutsideWindow: 0,
  confirmedAfterClose: 0,
  verdicts: { confirmed: 2 },
  hourlySalesInWindow: 1,
  firstReservedAtMs: HOUR,
  lastConfirmedAtMs: HOUR + 1,
};
const gate: GateFacts = {
  epoch: 2,
  open: true,
  oneInstant: true,
  totals: { available: 1, held: 0, sold: 2 },
  stock: new Map([
    ["a", 0],
    ["b", 1],
  ]),
  pool: new Set(["b"]),
  holds: [],
  buyers: new Map([
    ["u", 1],
    ["v", 1],
  ]),
};
const hold: Hold = {
  checkoutId: "1",
  userId: "w",
  mode: "submitted",
  lines: [{ itemId: "b", quantity: 1 }],
  key: "",
  fingerprint: "",
  sinceMs: HOUR,
  deadlineMs: HOUR,
};

const found = (violations: readonly Violation[]) => [...new Set(violations.map(({ invariant }) => invariant))];
const check = (ledgerOver: Partial<LedgerFacts>, gateOver: Partial<GateFacts> = {}) =>
  found(audit({ ...ledger, ...ledgerOver }, { ...gate, ...gateOver }, true).violations);
const sale = (over: Partial<LedgerFacts["sale"]>) => ({ sale: { ...ledger.sale, ...over } });
const item = (over: Partial<LedgerFacts["items"][number]>) => ({
  items: ledger.items.map((each) => (each.itemId === "b" ? { ...each, ...over } : each)),
});

describe("the audit", () => {
  it("finds nothing where all is as it should be, and says whether that was at rest", () => {
    expect(audit(ledger, gate, true)).toMatchObject({ confirmedUnits: 2, totalUnits: 3, atRest: true, violations: [] });
    expect(audit(ledger, null, true)).toMatchObject({ atRest: true, violations: [] });
    expect(audit(ledger, gate, false).atRest).toBe(false);
    const busy = {
      ...gate,
      totals: { available: 0, held: 1, sold: 2 },
      stock: new Map([
        ["a", 0],
        ["b", 0],
      ]),
      pool: new Set<string>(),
      holds: [hold],
    };
    expect(audit(ledger, busy, true)).toMatchObject({ atRest: false, violations: [] });
  });

  it("says what it did not look at, and why, and looks at the rest", () => {
    const unchecked = (ledgerOver: Partial<LedgerFacts>, given: GateFacts | null, still = true) =>
      audit({ ...ledger, ...ledgerOver }, given, still).unchecked;
    expect(unchecked({}, gate)).toEqual([]);
    expect(unchecked({}, gate, false)).toEqual([{ invariant: 4, reason: "not_at_rest" }]);
    expect(unchecked({}, { ...gate, epoch: 1 })).toEqual([{ invariant: 4, reason: "no_gate" }]);
    expect(unchecked({}, null)).toEqual([
      { invariant: 3, reason: "no_gate" },
      { invariant: 4, reason: "no_gate" },
    ]);
    expect(unchecked({}, { ...gate, oneInstant: false }, false)).toEqual([
      { invariant: 3, reason: "not_at_rest" },
      { invariant: 4, reason: "not_at_rest" },
    ]);
    const none = { confirmedWithoutAttempt: null };
    expect(unchecked(none, gate)).toEqual([{ invariant: 6, reason: "attempts_not_recorded" }]);
    expect(check({ ...none, ...sale({ itemsSold: 3 }) })).toEqual([1]);
  });

  it("1: a counter that is one off, of the sale or of an item, and anything past the stock", () => {
    expect(check(sale({ itemsSold: 3 }))).toContain(1);
    expect(check(sale({ itemsHeld: 1 }))).toContain(1);
    expect(check(item({ sold: 2 }))).toContain(1);
    expect(check(item({ held: 1 }))).toContain(1);
    expect(check({ ...item({ sold: 3, confirmedUnits: 3 }), confirmedUnits: 4, ...sale({ itemsSold: 4 }) })).toContain(
      1,
    );
    expect(check(sale({ totalItems: 4 }))).toContain(1);
  });

  it("2: a buyer's counter that is one off, and a buyer over the limit", () => {
    const buyer = (over: object) => ({
      buyers: ledger.buyers.map((each) => (each.userId === "u" ? { ...each, ...over } : each)),
    });
    expect(check(buyer({ units: 2 }))).toContain(2);
    expect(check({ ...buyer({ units: 2, confirmedUnits: 2 }) })).toContain(2);
  });

  it("3: gate totals, holds, stock and pool that disagree", () => {
    expect(check({}, { totals: { available: 1, held: 1, sold: 2 } })).toContain(3);
    expect(check({}, { totals: { available: 2, held: 0, sold: 1 } })).toContain(3);
    expect(check({}, { totals: { available: -1, held: 2, sold: 2 } })).toContain(3);
    expect(
      check(
        {},
        {
          stock: new Map([
            ["a", 1],
            ["b", 0],
          ]),
        },
      ),
    ).toContain(3);
    expect(
      check(
        {},
        {
          stock: new Map([
            ["a", 0],
            ["b", 1],
            ["c", 0],
          ]),
        },
      ),
    ).toContain(3);
    expect(check({}, { pool: new Set(["a", "b"]) })).toContain(3);
    expect(check({}, { pool: new Set() })).toContain(3);
    expect(check({}, { holds: [hold] })).toContain(3);
  });

  it("3: the totals alone, of a gate that moved while it was read", () => {
    const moved = (over: Partial<GateFacts>) =>
      found(audit(ledger, { ...gate, oneInstant: false, ...over }, false).violations);
    expect(moved({ pool: new Set(), holds: [hold], stock: new Map() })).toEqual([]);
    expect(moved({ totals: { available: 2, held: 0, sold: 2 } })).toEqual([3]);
    expect(moved({ totals: { available: -1, held: 2, sold: 2 } })).toEqual([3]);
  });

  it("4: a gate at rest that disagrees with the ledger, in total, by item or by buyer", () => {
    const shifted = {
      totals: { available: 2, held: 0, sold: 1 },
      stock: new Map([
        ["a", 0],
        ["b", 2],
      ]),
    };
    expect(check({}, shifted)).toEqual([4]);
    const swapped = {
      stock: new Map([
        ["a", 1],
        ["b", 0],
      ]),
      pool: new Set(["a"]),
    };
    expect(check({}, swapped)).toEqual([4]);
    expect(check({}, { buyers: new Map([["u", 1]]) })).toEqual([4]);
    expect(
      check(
        {},
        {
          buyers: new Map([
            ["u", 1],
            ["v", 1],
            ["w", 1],
          ]),
        },
      ),
    ).toEqual([4]);
    expect(check({}, { ...shifted, epoch: 1 })).toEqual([]);
  });

  it("6 and 7: a confirmed checkout nobody attempted, a key with two checkouts", () => {
    expect(check({ confirmedWithoutAttempt: 1 })).toEqual([6]);
    expect(check({ keysUsedTwice: [{ userId: "u", key: "k", checkouts: 2 }] })).toEqual([7]);
  });

  it("10: epochs that run backwards, sales outside the window or after the close, two sales an hour", () => {
    expect(check(sale({ openEpoch: 3 }))).toContain(10);
    expect(check({}, { epoch: 3 })).toContain(10);
    expect(check({ confirmedOutsideWindow: 1 })).toEqual([10]);
    expect(check({ confirmedAfterClose: 1 })).toEqual([10]);
    expect(check({ hourlySalesInWindow: 2 })).toEqual([10]);
    expect(check(sale({ opensAtMs: HOUR + 3_600_000 }))).toEqual([10]);
    expect(check(sale({ closesAtMs: HOUR + 1 }))).toEqual([10]);
  });
});
