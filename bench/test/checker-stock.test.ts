import { describe, expect, test } from "vitest";
import type { CheckoutRow } from "../src/siege/checker/ledger-rows.ts";
import { acknowledged, broken, findingsOf, row, type Tale, unanswered } from "./siege-tale.ts";

/** So many confirmed checkouts of one unit, each its own user's. */
function sold(count: number, but: Partial<CheckoutRow> = {}): Tale {
  const ids = Array.from({ length: count }, (_, index) => `c${index}`);
  return {
    history: ids.flatMap((id) => acknowledged(id, { userId: `user-${id}` })),
    rows: ids.map((id) => row(id, { userId: `user-${id}`, ...but })),
  };
}

test("a sale of which everything was told and is true breaks nothing, and each check was made", () => {
  const findings = findingsOf(sold(10));
  expect(findings.filter(({ violations }) => violations > 0)).toEqual([]);
  expect(Object.fromEntries(findings.map(({ invariant, checks }) => [invariant, checks]))).toEqual({
    // units and lines of ten rows, four of the sale, two of the item, and that the item is the sale's
    1: 17,
    // the limit and the counter of ten buyers
    2: 20,
    3: 0,
    4: 0,
    // a verdict, the told one, and the owner of ten rows
    5: 30,
    6: 10,
    7: 10,
    // the honesty and the lines of ten rows
    8: 20,
    9: 0,
    // two for the epochs, and four for each row
    10: 42,
  });
});

describe("1: stock", () => {
  test("all ten units may be sold, an eleventh may not", () => {
    expect(broken(sold(10))).toEqual([]);
    expect(broken({ ...sold(11), sale: { totalUnits: 10 } })).toEqual([1]);
  });

  test("what is held counts as well", () => {
    const held = (units: number): Tale => ({
      ...sold(9),
      rows: [...(sold(9).rows ?? []), row("h", { state: "held", units, lines: `i1:${units}`, decidedAtMs: null })],
    });
    expect(findingsOf(held(1)).find(({ invariant }) => invariant === 1)?.violations).toBe(0);
    expect(findingsOf(held(2)).find(({ invariant }) => invariant === 1)?.violations).toBe(2);
  });

  test("an item that gave one too many is seen though the sale as a whole is within its stock", () => {
    const items = (stock: number) => [
      { itemId: "i1", stock, sold: 3, held: 0 },
      { itemId: "i2", stock: 10 - stock, sold: 0, held: 0 },
    ];
    expect(broken({ ...sold(3), items: items(3) })).toEqual([]);
    expect(broken({ ...sold(3), items: items(2) })).toEqual([1]);
  });

  test.each<[string, Tale]>([
    ["the sale's sold units", { sale: { soldUnits: 4 } }],
    ["the sale's held units", { sale: { heldUnits: 1 } }],
    ["an item's sold units", { items: [{ itemId: "i1", stock: 10, sold: 2, held: 0 }] }],
    ["an item's held units", { items: [{ itemId: "i1", stock: 10, sold: 3, held: 1 }] }],
    ["the items' stock", { items: [{ itemId: "i1", stock: 9, sold: 3, held: 0 }] }],
  ])("a counter that is one off is seen: %s", (_, counters) => {
    expect(broken({ ...sold(3), ...counters })).toEqual([1]);
  });

  test("a checkout has as many units as its lines", () => {
    const items = (sold: number) => [{ itemId: "i1", stock: 10, sold, held: 0 }];
    const told = (lines: string): Tale => ({
      history: unanswered({ demand: "2+" }),
      rows: [row("c", { units: 2, lines })],
    });
    expect(broken({ ...told("i1:2"), items: items(2) })).toEqual([]);
    expect(broken({ ...told("i1:1"), items: items(1) })).toEqual([1]);
  });

  test("nothing is sold that is not on offer", () => {
    const items = [{ itemId: "i1", stock: 10, sold: 0, held: 0 }];
    expect(broken({ ...sold(1, { lines: "i9:1" }), history: unanswered({ userId: "user-c0" }), items })).toEqual([1]);
  });
});

describe("2: limits", () => {
  const bought = (units: number): Tale => ({
    history: [...unanswered({ demand: "2+" }), ...unanswered({ demand: `${units - 2}+` })],
    rows: [row("c1", { units: 2, lines: "i1:2" }), row("c2", { units: units - 2, lines: `i1:${units - 2}` })],
  });

  test("a user may have three units, not four", () => {
    expect(broken(bought(3))).toEqual([]);
    expect(broken(bought(4))).toEqual([2]);
  });

  test.each([2, 4])("a counter of %i for a buyer of three is seen", (units) => {
    expect(broken({ ...bought(3), buyers: [{ userId: "ada", units }] })).toEqual([2]);
  });

  test("so is a buyer who is not counted, and one who is counted and bought nothing", () => {
    expect(broken({ ...bought(3), buyers: [] })).toEqual([2]);
    expect(broken({ ...sold(1), buyers: [] })).toEqual([2]);
    expect(broken({ buyers: [{ userId: "bob", units: 1 }] })).toEqual([2]);
  });
});

describe("9: demand", () => {
  const rush = { kind: "rush", saleId: "x-1", sinceMs: 15_000, untilMs: 80_000 } as const;
  const withRush = (tale: Tale): Tale => ({ ...tale, history: [...(tale.history ?? []), rush] });
  const late = (decidedAtMs: number, units = 1): Tale => ({
    ...sold(9),
    rows: [...(sold(9).rows ?? []), row("late", { state: "expired", units, decidedAtMs, lines: `i1:${units}` })],
  });

  test("shoppers were turned away: all ten units are sold, not nine", () => {
    expect(broken(withRush(sold(10)))).toEqual([]);
    expect(broken(withRush(sold(9)))).toEqual([9]);
    expect(broken(sold(9))).toEqual([]);
  });

  test("a unit that came back too late for anybody to get it is excused, one that came back in time is not", () => {
    expect(broken(withRush(late(18_001)))).toEqual([]);
    expect(broken(withRush(late(18_000)))).toEqual([9]);
  });

  test("two units that are missing are not excused by one that came late", () => {
    const two = late(30_000);
    expect(broken(withRush({ ...two, rows: (two.rows ?? []).slice(1), history: two.history?.slice(2) ?? [] }))).toEqual(
      [9],
    );
  });

  test("a unit that was sold late is not one that came back", () => {
    expect(broken(withRush(sold(9, { decidedAtMs: 19_500 })))).toEqual([9]);
    expect(broken(withRush(sold(10, { decidedAtMs: 19_500 })))).toEqual([]);
  });

  test("a rush in another sale says nothing of this one", () => {
    expect(broken({ ...sold(9), history: [...(sold(9).history ?? []), { ...rush, saleId: "x-2" }] })).toEqual([]);
  });
});

test("of many violations the first ten are told, and all are counted", () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, index) => row(`c${index}`, { userId: `u${index}` }));
  const sixth = (count: number) => findingsOf({ rows: rows(count) }).find(({ invariant }) => invariant === 6);
  expect(sixth(10)?.examples).toHaveLength(10);
  expect(sixth(11)).toMatchObject({ checks: 11, violations: 11 });
  expect(sixth(11)?.examples).toHaveLength(10);
  expect(sixth(11)?.examples[0]).toBe('nobody asked for c0 of x-1, confirmed for u0 ("")');
});
