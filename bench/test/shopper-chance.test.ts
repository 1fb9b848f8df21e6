import { describe, expect, test } from "vitest";
import { Agenda } from "../src/siege/crowd/agenda.ts";
import { unitsWished, wish, wishFor } from "../src/siege/crowd/demand.ts";
import { Dice } from "../src/siege/crowd/dice.ts";
import type { SiegeSale } from "../src/siege/history.ts";

const SALE: SiegeSale = {
  id: "x-1",
  opensAtMs: 0,
  closesAtMs: 1,
  settleUntilMs: 2,
  units: 100,
  limitPerUser: 10,
  itemIds: Array.from({ length: 20 }, (_, index) => `i${index}`),
};

describe("dice", () => {
  test("a seed throws the same numbers again, another one others", () => {
    const throws = (seed: number) => {
      const dice = new Dice(seed);
      return Array.from({ length: 100 }, () => dice.next());
    };
    expect(throws(7)).toEqual(throws(7));
    expect(throws(7)).not.toEqual(throws(8));
    expect(throws(0).every((value) => value >= 0 && value < 1)).toBe(true);
  });

  test("numbers are spread evenly, and choices as their weights say", () => {
    const dice = new Dice(1);
    const tens = new Array(10).fill(0);
    for (let round = 0; round < 10_000; round += 1) tens[dice.below(10)] += 1;
    for (const times of tens) expect(times).toBeGreaterThan(850);
    const chosen = { rare: 0, often: 0, never: 0 };
    for (let round = 0; round < 10_000; round += 1) chosen[dice.weighted({ rare: 1, often: 9, never: 0 })] += 1;
    expect(chosen.never).toBe(0);
    expect(chosen.rare).toBeGreaterThan(850);
    expect(chosen.rare).toBeLessThan(1_150);
  });

  test("ranges hold their ends", () => {
    const dice = new Dice(3);
    for (let round = 0; round < 1_000; round += 1) {
      const value = dice.between(5, 6);
      expect(value >= 5 && value < 6).toBe(true);
    }
    expect(dice.chance(0)).toBe(false);
    expect(dice.chance(1)).toBe(true);
    expect(() => dice.pick([])).toThrow("nothing to pick from");
  });
});

test("an agenda gives out what is due, the longest due first, and nothing before its time", async () => {
  const agenda = new Agenda();
  const dice = new Dice(5);
  const times = Array.from({ length: 500 }, () => dice.below(1_000));
  for (const atMs of times) agenda.add(atMs, async () => atMs);
  const taken: number[] = [];
  for (let nowMs = 0; nowMs <= 1_000; nowMs += 250) {
    for (let chore = agenda.take(nowMs); chore; chore = agenda.take(nowMs)) {
      const atMs = await chore();
      expect(atMs).toBeLessThanOrEqual(nowMs);
      taken.push(atMs);
    }
  }
  expect(taken).toEqual(times.toSorted((a, b) => a - b));
  expect(agenda.size).toBe(0);
  agenda.add(5, async () => 0);
  expect(agenda.take(4)).toBeNull();
  agenda.clear();
  expect(agenda.take(5)).toBeNull();
});

describe("wishes", () => {
  test("the same wish is the same word, however it is put", () => {
    const one = wish([
      { itemId: "b", quantity: 1 },
      { itemId: "a", quantity: 1 },
      { itemId: "b", quantity: 2 },
    ]);
    expect(one.text).toBe("0+a:1,b:3");
    expect(one.items).toEqual([
      { item_id: "a", quantity: 1 },
      { item_id: "b", quantity: 3 },
    ]);
    expect(wish([{ itemId: "a", quantity: 1 }], 2)).toEqual({
      text: "2+a:1",
      items: [
        { item_id: "a", quantity: 1 },
        { item_id: "any", quantity: 2 },
      ],
    });
  });

  test.each([
    ["1+", 1],
    ["0+a:1,b:3", 4],
    ["10+a:2", 12],
    ["0+", 0],
  ])("%s asks for %i units", (text, units) => {
    expect(unitsWished(text)).toBe(units);
  });

  test("shoppers want all kinds of things, within the limit, and only what is on offer", () => {
    const dice = new Dice(9);
    const kinds = new Set<string>();
    for (let round = 0; round < 2_000; round += 1) {
      const { items, text } = wishFor(dice, SALE);
      const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
      expect(unitsWished(text)).toBe(units);
      expect(units >= 1 && units <= SALE.limitPerUser).toBe(true);
      for (const { item_id } of items) expect([...SALE.itemIds, "any"]).toContain(item_id);
      const named = items.filter(({ item_id }) => item_id !== "any").length;
      kinds.add(`${named > 1 ? "several" : named} ${items.length > named ? "any" : ""} ${units === 10 ? "all" : ""}`);
    }
    expect([...kinds].sort()).toEqual(["0 any ", "0 any all", "1  ", "1 any ", "several  "]);
  });
});
