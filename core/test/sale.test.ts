import {
  generatedCatalogue,
  HOUR_MS,
  hourlySale,
  hourlySaleId,
  hourOf,
  ITEM_ID,
  isHourly,
  overlaps,
  phaseOf,
} from "@flashgate/core";
import { describe, expect, it } from "vitest";

const HOUR = Date.UTC(2026, 10, 22, 10);

describe("hourly sales", () => {
  it("are named by the UTC hour they start on and last until the next", () => {
    expect(hourlySale(hourOf(HOUR + 59 * 60_000 + 59_999))).toMatchObject({
      id: "2026112210",
      opensAtMs: HOUR,
      closesAtMs: HOUR + HOUR_MS,
    });
    expect(hourOf(HOUR + HOUR_MS)).toBe(HOUR + HOUR_MS);
    expect(isHourly(hourlySaleId(HOUR))).toBe(true);
    expect(isHourly("x-0192")).toBe(false);
  });

  it("offer individual items with ids, names and images of their own", () => {
    const catalogue = generatedCatalogue("2026112210", 10_000);
    expect(catalogue).toHaveLength(10_000);
    for (const field of ["id", "name", "imageUrl"] as const) {
      expect(new Set(catalogue.map((entry) => entry[field])).size).toBe(10_000);
    }
    expect(catalogue.every((entry) => entry.stock === 1 && entry.priceMinor > 0 && ITEM_ID.test(entry.id))).toBe(true);
    expect(generatedCatalogue("2026112210", 10_000)).toEqual(catalogue);
  });

  it("are shown by the clock: scheduled, open, ended; pausing shows only while open", () => {
    const sale = { ...hourlySale(HOUR), state: "open", paused: false } as const;
    expect(phaseOf(sale, HOUR - 1)).toBe("scheduled");
    expect(phaseOf(sale, HOUR)).toBe("open");
    expect(phaseOf({ ...sale, paused: true }, HOUR)).toBe("paused");
    expect(phaseOf(sale, HOUR + HOUR_MS - 1)).toBe("open");
    expect(phaseOf({ ...sale, paused: true }, HOUR + HOUR_MS)).toBe("ended");
    expect(phaseOf({ ...sale, state: "closed" }, HOUR)).toBe("ended");
  });
});

it("no item may be called any", () => {
  expect(["any", "", "a b", "a:b", "a|b", "ä", "x".repeat(65)].filter((id) => ITEM_ID.test(id))).toEqual([]);
  expect(["anything", "many", "i00001", "A_-9"].every((id) => ITEM_ID.test(id))).toBe(true);
});

it("windows that only touch do not overlap", () => {
  const window = (opensAtMs: number, closesAtMs: number) => ({ opensAtMs, closesAtMs });
  const ten = window(10, 20);
  const apart = [window(0, 10), window(20, 30), window(0, 5)];
  const shared = [window(0, 11), window(19, 30), window(12, 13), window(0, 30), ten];
  for (const other of apart) expect([overlaps(ten, other), overlaps(other, ten)]).toEqual([false, false]);
  for (const other of shared) expect([overlaps(ten, other), overlaps(other, ten)]).toEqual([true, true]);
});
