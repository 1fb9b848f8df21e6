import { type AdoptionEvidence, adopt, type Evidence, type Hold, judge } from "@flashgate/core";
import { describe, expect, it } from "vitest";

const lines = [{ itemId: "a", quantity: 2 }];
const held = { status: { state: "held" }, lines } as const;
const fair: Evidence = {
  sale: { state: "open", epoch: 2, limitPerUser: 2, totalItems: 2, itemsSold: 0, itemsHeld: 0 },
  holdEpoch: 2,
  lines,
  row: null,
  keyTaken: false,
  buyerUnits: 0,
  items: new Map([["a", { stock: 2, sold: 0, held: 0 }]]),
};

/** Everything that is wrong with a hold at once: each step of the list mends what the step before was decided by. */
const hopeless: Evidence = {
  ...fair,
  sale: { ...fair.sale, state: "recovering", epoch: 3, itemsSold: 1 },
  row: { ...held, status: { state: "cancelled" } },
  keyTaken: true,
  buyerUnits: 1,
  items: new Map([["a", { stock: 2, sold: 1, held: 0 }]]),
};
const rejected = (reason: string) => ({ kind: "verdict", verdict: { state: "rejected", reason } });

describe("the judge", () => {
  it("decides by the first rule that speaks, in the protocol's order", () => {
    let evidence = hopeless;
    const mend = (by: Partial<Evidence>) => {
      evidence = { ...evidence, ...by };
      return judge(evidence);
    };
    expect(judge(evidence)).toEqual({ kind: "standing", verdict: { state: "cancelled" } });
    expect(mend({ row: null })).toEqual({ kind: "retry" });
    expect(mend({ sale: { ...evidence.sale, state: "closed" } })).toEqual({
      kind: "verdict",
      verdict: { state: "expired" },
    });
    expect(mend({ sale: { ...evidence.sale, state: "open" } })).toEqual(rejected("gate_lost"));
    expect(mend({ sale: { ...evidence.sale, epoch: 2 } })).toEqual(rejected("key_reused"));
    expect(mend({ keyTaken: false })).toEqual(rejected("user_limit"));
    expect(mend({ buyerUnits: 0 })).toEqual(rejected("sold_out"));
    expect(mend({ items: fair.items })).toEqual(rejected("sold_out"));
    expect(mend({ sale: fair.sale })).toEqual({ kind: "verdict", verdict: { state: "confirmed" } });
  });

  it("drops an adopted hold of an older epoch, and judges one of the current epoch without counting it twice", () => {
    const adopted = {
      ...fair,
      row: held,
      sale: { ...fair.sale, itemsHeld: 2 },
      items: new Map([["a", { stock: 2, sold: 0, held: 2 }]]),
    };
    expect(judge({ ...adopted, holdEpoch: 1 })).toEqual({ kind: "dropped" });
    expect(judge(adopted)).toEqual({ kind: "verdict", verdict: { state: "confirmed" } });
  });

  it("knows no item that the sale does not have", () => {
    expect(judge({ ...fair, items: new Map() })).toEqual(rejected("sold_out"));
  });
});

describe("adoption", () => {
  const hold = (checkoutId: string, over: Partial<Hold> = {}): Hold => ({
    checkoutId,
    userId: "u",
    mode: "submitted",
    lines: [{ itemId: "a", quantity: 1 }],
    key: "",
    fingerprint: "",
    sinceMs: 1,
    deadlineMs: 2,
    ...over,
  });
  const ledger = (over: Partial<AdoptionEvidence> = {}): AdoptionEvidence => ({
    sale: { totalItems: 2, itemsSold: 0, itemsHeld: 0 },
    rows: new Map(),
    items: new Map([["a", { stock: 2, sold: 0, held: 0 }]]),
    keys: new Map(),
    ...over,
  });
  const kinds = (adoptions: ReturnType<typeof adopt>) =>
    adoptions.map(({ kind, hold: { checkoutId } }) => `${checkoutId} ${kind}`);

  it("holds what has no row, refreshes what is held, leaves what has a verdict", () => {
    const rows = new Map([
      ["2", { status: { state: "held" } as const, lines: [{ itemId: "a", quantity: 1 }] }],
      ["3", { status: { state: "confirmed" } as const, lines: [{ itemId: "a", quantity: 1 }] }],
    ]);
    const evidence = ledger({
      rows,
      sale: { totalItems: 3, itemsSold: 1, itemsHeld: 1 },
      items: new Map([["a", { stock: 3, sold: 1, held: 1 }]]),
    });
    expect(kinds(adopt([hold("3"), hold("2"), hold("1")], evidence))).toEqual(["1 hold", "2 refresh"]);
  });

  it("rejects what does not fit any more, counting those before it", () => {
    const adoptions = adopt([hold("1"), hold("2"), hold("3")], ledger());
    expect(kinds(adoptions)).toEqual(["1 hold", "2 hold", "3 reject"]);
    expect(adoptions[2]).toMatchObject({ verdict: { state: "rejected", reason: "sold_out" } });
  });

  it("takes a key that another checkout owns as the mark of a lost gate", () => {
    const twins = [hold("1", { key: "k" }), hold("2", { key: "k" }), hold("3", { key: "other" })];
    const adoptions = adopt(twins, ledger({ keys: new Map([["u|other", "9"]]) }));
    expect(kinds(adoptions)).toEqual(["1 hold", "2 reject", "3 reject"]);
    expect(adoptions[1]).toMatchObject({ verdict: { state: "rejected", reason: "gate_lost" } });
  });
});
