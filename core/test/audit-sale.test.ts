import { auditSale, type GateFacts, type LedgerFacts } from "@flashgate/core";
import { beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./house.ts";

describe("an audit", () => {
  let house: House;
  let id: string;
  let ledger: LedgerFacts;
  let gate: GateFacts;
  beforeEach(async () => {
    house = openHouse();
    id = await house.openSale();
    const [facts, contents] = [await house.ledger.facts(id), await house.gate.inspect(id)];
    if (!facts || !contents) throw new Error("the sale has books");
    [ledger, gate] = [facts, contents];
  });

  /** Reads that answer one after the other, the last one for ever; and how many there were. */
  function books(ledgers: readonly LedgerFacts[], gates: readonly GateFacts[]) {
    const read = { ledger: 0, gate: 0 };
    const next = <Each>(all: readonly Each[], name: keyof typeof read): Each => {
      const at = Math.min(read[name]++, all.length - 1);
      return all[at] as Each;
    };
    const parts = {
      ledger: { facts: async () => next(ledgers, "ledger") },
      gate: { inspect: async () => next(gates, "gate") },
    };
    return { parts, read };
  }

  const moved = (facts: LedgerFacts): LedgerFacts => {
    const [first, ...rest] = facts.items;
    if (!first) throw new Error("the sale has items");
    return { ...facts, items: [{ ...first, held: 1, heldUnits: 1 }, ...rest] };
  };

  it("looks once where neither store moved", async () => {
    const { parts, read } = books([ledger, structuredClone(ledger)], [gate]);
    expect(await auditSale(parts, id)).toMatchObject({ atRest: true, violations: [], unchecked: [] });
    expect(read).toEqual({ ledger: 2, gate: 1 });
  });

  it("looks again where an item of the ledger moved, until it did not", async () => {
    const { parts, read } = books([moved(ledger), ledger], [gate]);
    expect(await auditSale(parts, id)).toMatchObject({ atRest: true, violations: [] });
    expect(read).toEqual({ ledger: 3, gate: 2 });
  });

  it("looks again where a large gate moved while it was read, until it did not", async () => {
    const torn = { ...gate, oneInstant: false, pool: new Set<string>() };
    const { parts, read } = books([ledger], [torn, torn, gate]);
    expect(await auditSale(parts, id)).toMatchObject({ atRest: true, violations: [], unchecked: [] });
    expect(read.gate).toBe(3);
  });

  it("says what it could not look at where a large gate never rests, and finds nothing wrong in that", async () => {
    const { parts, read } = books([ledger], [{ ...gate, oneInstant: false, pool: new Set<string>() }]);
    expect(await auditSale(parts, id, 3)).toMatchObject({
      atRest: false,
      violations: [],
      unchecked: [
        { invariant: 3, reason: "not_at_rest" },
        { invariant: 4, reason: "not_at_rest" },
      ],
    });
    expect(read.gate).toBe(3);
  });
});
