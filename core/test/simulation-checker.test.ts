import type { GateFacts, Hold, Verdict } from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { checkGate, checkOffer } from "../src/testing/simulation/gate-sums.ts";
import { type LedgerCounters, LedgerSums, type SummedRow } from "../src/testing/simulation/ledger-sums.ts";
import { type Decision, Promises } from "../src/testing/simulation/promises.ts";
import { Violation } from "../src/testing/simulation/violation.ts";

/** The invariant that `act` violates; null where it violates none. */
function violated(act: () => unknown): number | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Violation) return error.invariant;
    throw error;
  }
}

const PLAN = { id: "x-1", opensAtMs: 0, closesAtMs: 100, settleUntilMs: 200, limitPerUser: 2 };
const line = (itemId: string, quantity = 1) => ({ itemId, quantity });

describe("the ledger's books, kept a second time", () => {
  const row = (checkoutId: string, state: string, over: Partial<SummedRow> = {}): SummedRow => {
    return { checkoutId, userId: "u", lines: [line("a")], key: "", status: { state }, ...over };
  };
  /** What a ledger says after one unit of a was confirmed for u and one of b is held for v. */
  const counters = (over: Partial<LedgerCounters["sale"]> = {}): LedgerCounters => ({
    sale: {
      ...PLAN,
      totalItems: 3,
      itemsSold: 1,
      itemsHeld: 1,
      epoch: 2,
      openEpoch: 2,
      state: "open",
      paused: false,
      pauseVersion: 0,
      attempts: "all",
      ...over,
    },
    items: new Map([
      ["a", { sold: 1, held: 0 }],
      ["b", { sold: 0, held: 1 }],
    ]),
    buyers: new Map([["u", 1]]),
  });
  const books = () => {
    const sums = new LedgerSums(PLAN, [
      ["a", 1],
      ["b", 2],
    ]);
    sums.wrote(row("c1", "confirmed"), undefined);
    sums.wrote(row("c2", "held", { userId: "v", lines: [line("b")] }), undefined);
    return sums;
  };

  it("agree with a ledger that keeps its promises", () => {
    expect(violated(() => books().compare(counters()))).toBeNull();
  });

  it.each([
    ["sold units one too many", { itemsSold: 2 }],
    ["sold units one too few", { itemsSold: 0 }],
    ["held units one too many", { itemsHeld: 2 }],
    ["held units one too few", { itemsHeld: 0 }],
  ])("see %s", (_, over) => {
    expect(violated(() => books().compare(counters(over)))).toBe(1);
  });

  it.each([
    ["sold", { sold: 2, held: 0 }],
    ["held", { sold: 1, held: 1 }],
  ])("see an item's %s units one off", (_, item) => {
    const off = counters();
    expect(violated(() => books().compare({ ...off, items: new Map([...off.items, ["a", item]]) }))).toBe(1);
  });

  it("see a buyer's units one off", () => {
    expect(violated(() => books().compare({ ...counters(), buyers: new Map([["u", 2]]) }))).toBe(2);
  });

  it("allow the last unit of an item and not one more", () => {
    const last = books();
    last.wrote(row("c3", "held", { userId: "v", lines: [line("b")] }), undefined);
    const full = counters({ itemsHeld: 2 });
    const items = new Map([...full.items, ["b", { sold: 0, held: 2 }] as const]);
    expect(violated(() => last.compare({ ...full, items }))).toBeNull();
    last.wrote(row("c4", "held", { userId: "v", lines: [line("b")] }), undefined);
    const over = counters({ itemsHeld: 3, totalItems: 9 });
    const more = new Map([...over.items, ["b", { sold: 0, held: 3 }] as const]);
    expect(violated(() => last.compare({ ...over, items: more }))).toBe(1);
  });

  it("allow a user the whole limit and not one unit more", () => {
    const atLimit = new LedgerSums(PLAN, [["a", 9]]);
    const ledger = (units: number): LedgerCounters => ({
      sale: { ...counters().sale, totalItems: 9, itemsSold: units, itemsHeld: 0 },
      items: new Map([["a", { sold: units, held: 0 }]]),
      buyers: new Map([["u", units]]),
    });
    atLimit.wrote(row("c1", "confirmed", { lines: [line("a", 2)] }), undefined);
    expect(violated(() => atLimit.compare(ledger(2)))).toBeNull();
    atLimit.wrote(row("c2", "confirmed"), undefined);
    expect(violated(() => atLimit.compare(ledger(3)))).toBe(2);
  });

  it("give back what a held row was adopted with when it ends", () => {
    const sums = books();
    const held = row("c2", "held", { userId: "v", lines: [line("b")] });
    sums.wrote({ ...held, status: { state: "expired" } }, held);
    expect([sums.confirmedUnits, sums.heldUnits]).toEqual([1, 0]);
  });

  it("know one held or confirmed checkout a key, and any number of ended ones", () => {
    const sums = books();
    sums.wrote(row("c5", "confirmed", { key: "k" }), undefined);
    sums.wrote(row("c6", "rejected", { key: "k" }), undefined);
    expect(violated(() => sums.wrote(row("c7", "held", { key: "k" }), undefined))).toBe(7);
  });

  it("see an epoch go back, one that is ahead, and life after the close", () => {
    const after = (first: Parameters<typeof counters>[0], then: Parameters<typeof counters>[0]) => {
      const sums = books();
      sums.compare(counters(first));
      return violated(() => sums.compare(counters(then)));
    };
    expect(after({ epoch: 3 }, { epoch: 3 })).toBeNull();
    expect(after({ epoch: 3 }, { epoch: 2 })).toBe(10);
    expect(after({ epoch: 3, openEpoch: 3 }, { epoch: 3, openEpoch: 2 })).toBe(10);
    expect(violated(() => books().compare(counters({ epoch: 1, openEpoch: 2 })))).toBe(10);
    expect(after({ state: "closed" }, { state: "recovering" })).toBe(10);
    const sealed = books();
    sealed.compare(counters({ state: "closed" }));
    expect(violated(() => sealed.wrote(row("c8", "confirmed"), undefined))).toBe(10);
  });
});

describe("the gate's sums", () => {
  const measure = {
    saleId: "x-1",
    limitPerUser: 2,
    totalUnits: 4,
    stock: new Map([
      ["a", 1],
      ["b", 3],
    ]),
  };
  const hold = (lines: Hold["lines"], userId = "u"): Hold => {
    return { checkoutId: "c1", userId, mode: "cart", lines, key: "", fingerprint: "", sinceMs: 0, deadlineMs: 9 };
  };
  const gate = (over: Partial<GateFacts> = {}): GateFacts => ({
    epoch: 1,
    open: true,
    oneInstant: true,
    totals: { available: 2, held: 1, sold: 1 },
    stock: new Map([
      ["a", 0],
      ["b", 2],
    ]),
    pool: new Set(["b"]),
    holds: [hold([line("b")])],
    buyers: new Map([["u", 2]]),
    ...over,
  });

  it("agree where every unit is available, held or sold", () => {
    expect(violated(() => checkGate(measure, gate()))).toBeNull();
  });

  it.each<[string, Partial<GateFacts>]>([
    ["available one too many", { totals: { available: 3, held: 1, sold: 1 } }],
    ["sold one too few", { totals: { available: 2, held: 1, sold: 0 } }],
    ["held one off its holds", { totals: { available: 1, held: 2, sold: 1 } }],
    ["a total below zero", { totals: { available: -1, held: 1, sold: 4 } }],
    [
      "stock one off",
      {
        stock: new Map([
          ["a", 0],
          ["b", 1],
        ]),
      },
    ],
    [
      "an item below zero",
      {
        stock: new Map([
          ["a", -1],
          ["b", 3],
        ]),
      },
    ],
    [
      "an item with more than there ever was",
      {
        stock: new Map([
          ["a", 2],
          ["b", 0],
        ]),
        pool: new Set(["a"]),
      },
    ],
    ["an item too few", { stock: new Map([["b", 2]]) }],
    ["the pool with what is gone", { pool: new Set(["a", "b"]) }],
    ["the pool without what is left", { pool: new Set() }],
    ["a user past the limit", { buyers: new Map([["u", 3]]) }],
    ["a user with less than is held for them", { buyers: new Map([["u", 0]]) }],
  ])("see %s", (_, over) => {
    expect(violated(() => checkGate(measure, gate(over)))).toBe(3);
  });
});

describe("what an open gate offers", () => {
  const offer = (stock: number, counted: number, left: number, bought: number) => {
    const gate = { stock: new Map([["a", stock]]), buyers: new Map([["u", counted]]) };
    return violated(() => checkOffer("x-1", gate, { left: () => left, bought: new Map([["u", bought]]) }));
  };

  it("is at most what the ledger has left, to the unit", () => {
    expect(offer(2, 1, 2, 1)).toBeNull();
    expect(offer(3, 1, 2, 1)).toBe(8);
  });

  it("is at most what each user may still buy, to the unit", () => {
    expect(offer(0, 2, 9, 2)).toBeNull();
    expect(offer(0, 1, 9, 2)).toBe(8);
  });
});

describe("what clients were told", () => {
  const request = (checkoutId: string, key = "") => {
    return { saleId: "x-1", checkoutId, userId: "u", key, fingerprint: "f" };
  };
  const hold = (checkoutId: string, over: Partial<Hold> = {}): Hold => {
    const rest = { mode: "submitted", lines: [line("a")], sinceMs: 0, deadlineMs: 200 } as const;
    return { ...request(checkoutId), ...rest, ...over };
  };
  const decision = (checkoutId: string, verdict: Verdict, over: Partial<Decision> = {}): Decision => {
    return { checkoutId, verdict, lines: [line("a")], nowMs: 50, settleUntilMs: 200, ...over };
  };
  /** A checkout that a gate took and a client has a 202 for. */
  const promised = (over: Partial<Hold> = {}, demoted = false) => {
    const promises = new Promises();
    promises.attempted(request("c1", over.key));
    promises.took(hold("c1", over), demoted);
    promises.acknowledged("c1", hold("c1", over));
    return promises;
  };
  const GATE_LOST: Verdict = { state: "rejected", reason: "gate_lost" };

  it("ends in one verdict, which never changes and is read as it is", () => {
    const promises = promised();
    promises.told("c1", null, 1, 2);
    promises.decided(decision("c1", { state: "confirmed" }));
    promises.told("c1", { state: "confirmed" }, 3, 4);
    promises.told("c1", null, 4, 6);
    expect(violated(() => promises.told("c1", null, 5, 6))).toBe(5);
    expect(violated(() => promises.told("c1", { state: "expired" }, 5, 6))).toBe(5);
    expect(violated(() => promises.decided(decision("c1", { state: "cancelled" })))).toBe(5);
    expect(violated(() => promises.decided(decision("c1", { state: "confirmed" })))).toBe(5);
    expect(violated(() => promised().told("c1", { state: "confirmed" }, 1, 1))).toBe(5);
  });

  it("is cancelled only where somebody asked for it", () => {
    const promises = promised();
    expect(violated(() => promises.decided(decision("c1", { state: "cancelled" })))).toBe(5);
    const asked = promised();
    asked.cancelled("c1");
    expect(violated(() => asked.decided(decision("c1", { state: "cancelled" })))).toBeNull();
  });

  it("is confirmed only as it was attempted and purchased", () => {
    expect(violated(() => new Promises().decided(decision("c9", { state: "confirmed" })))).toBe(6);
    expect(violated(() => promised({ mode: "cart" }).decided(decision("c1", { state: "confirmed" })))).toBe(6);
    const twice = { lines: [line("a", 2)] };
    expect(violated(() => promised().decided(decision("c1", { state: "confirmed" }, twice)))).toBe(6);
  });

  it("is not rejected but for gate_lost, and for that only where data was destroyed or a demoted primary had a hand", () => {
    const full: Verdict = { state: "rejected", reason: "sold_out" };
    expect(violated(() => promised().decided(decision("c1", full)))).toBe(8);
    expect(violated(() => promised({}, true).decided(decision("c1", full)))).toBe(8);
    expect(violated(() => promised().decided(decision("c1", GATE_LOST)))).toBe(8);
    expect(violated(() => promised({}, true).decided(decision("c1", GATE_LOST)))).toBeNull();
    const destroyed = promised();
    expect([destroyed.destroyed("c1"), destroyed.destroyed("c1")]).toEqual([true, false]);
    expect(violated(() => destroyed.decided(decision("c1", GATE_LOST)))).toBeNull();
  });

  it("is held to its 202 also where the verdict came first", () => {
    const promises = new Promises();
    promises.attempted(request("c1"));
    promises.took(hold("c1"), false);
    expect(violated(() => promises.decided(decision("c1", GATE_LOST)))).toBeNull();
    expect(violated(() => promises.acknowledged("c1", hold("c1")))).toBe(8);
  });

  it("expires at its time and not a millisecond before", () => {
    const expiry = (nowMs: number) => decision("c1", { state: "expired" }, { nowMs });
    expect(violated(() => promised().decided(expiry(200)))).toBeNull();
    expect(violated(() => promised().decided(expiry(199)))).toBe(8);
    const cart = { mode: "cart", deadlineMs: 60 } as const;
    expect(violated(() => promised(cart).decided(expiry(60)))).toBeNull();
    expect(violated(() => promised(cart).decided(expiry(59)))).toBe(8);
    const purchased = promised(cart);
    purchased.held(hold("c1"), false);
    purchased.acknowledged("c1", hold("c1"));
    expect(violated(() => purchased.decided(expiry(199)))).toBe(8);
  });

  it("gets every line that it was promised", () => {
    const promises = promised({ lines: [line("a"), line("b")] });
    expect(violated(() => promises.decided(decision("c1", { state: "confirmed" })))).toBe(8);
  });

  it("has one checkout a key, unless the other one is excused or was rejected", () => {
    const another = (promises: Promises) => {
      promises.attempted(request("c2", "k"));
      return violated(() => promises.took(hold("c2", { key: "k" }), false));
    };
    expect(another(promised({ key: "k" }))).toBe(7);
    expect(another(promised({ key: "k" }, true))).toBeNull();
    const rejected = promised({ key: "k" }, true);
    rejected.decided(decision("c1", GATE_LOST));
    expect(another(rejected)).toBeNull();
    const expired = promised({ key: "k" });
    expired.decided(decision("c1", { state: "expired" }, { nowMs: 200 }));
    expect(another(expired)).toBe(7);
  });

  it("is replayed to the same request alone", () => {
    expect(violated(() => promised().replayed("c1", "u", "f"))).toBeNull();
    expect(violated(() => promised().replayed("c1", "u", "g"))).toBe(7);
    expect(violated(() => promised().replayed("c1", "v", "f"))).toBe(7);
  });

  it("is a promise like any other again once the present primary renewed it", () => {
    const renewed = (demoted: boolean) => {
      const promises = promised({ mode: "cart", lines: [line("a"), line("b")] });
      promises.destroyed("c1");
      promises.held(hold("c1"), demoted);
      promises.acknowledged("c1", hold("c1"));
      return violated(() => promises.decided(decision("c1", GATE_LOST)));
    };
    const late = promised({ mode: "cart" });
    late.destroyed("c1");
    late.held(hold("c1"), false);
    late.acknowledged("c1", hold("c1"));
    late.acknowledged("c1", hold("c1", { lines: [line("a"), line("b")] }));
    expect(violated(() => late.decided(decision("c1", { state: "confirmed" })))).toBeNull();
    expect(renewed(true)).toBeNull();
    expect(renewed(false)).toBe(8);
  });

  it("is undecided, and has no verdict, until there is one", () => {
    const promises = promised();
    expect([...promises.undecided("x-1")]).toEqual([{ checkoutId: "c1", excused: false }]);
    expect([...promises.acknowledgedVerdicts()]).toEqual([["c1", null]]);
    promises.decided(decision("c1", { state: "confirmed" }));
    expect([...promises.undecided("x-1")]).toEqual([]);
    expect([...promises.acknowledgedVerdicts()]).toEqual([["c1", "confirmed"]]);
  });
});
