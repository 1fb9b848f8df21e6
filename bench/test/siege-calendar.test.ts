import type { CatalogueEntry, SalePlan } from "@flashgate/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type CalendarOptions, SaleCalendar } from "../src/siege/sale-calendar.ts";

afterEach(() => vi.useRealTimers());

function calendar(options: Partial<CalendarOptions> = {}) {
  vi.useFakeTimers({ now: 0, toFake: ["Date", "setTimeout", "clearTimeout"] });
  const scheduled: { plan: SalePlan; catalogue: readonly CatalogueEntry[] }[] = [];
  const made = new SaleCalendar({
    ledger: {
      schedule: async (plan, catalogue) => {
        scheduled.push({ plan, catalogue });
        return "scheduled";
      },
    },
    nowMs: () => Date.now(),
    seed: 1,
    everyMs: 40_000,
    windowMs: 70_000,
    graceMs: 75_000,
    items: 100,
    plannedEndMs: 300_000,
    ...options,
  });
  return { made, scheduled };
}

describe("a calendar of sales", () => {
  it("has one or two sales on at any moment, each in the ledger well before it opens", async () => {
    const { made, scheduled } = calendar();
    made.start();
    for (let second = 0; second < 300; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      if (second >= 2) expect([1, 2]).toContain(made.running().length);
      expect(scheduled.length).toBeGreaterThanOrEqual(Math.min(8, 1 + Math.floor((Date.now() + 78_000) / 40_000)));
    }
    await made.stop();
  });

  it("offers what the ledger was told: items of 1 to 50 units", async () => {
    const { made, scheduled } = calendar();
    made.start();
    await vi.advanceTimersByTimeAsync(1);
    await made.stop();
    const [first] = scheduled;
    const stocks = first?.catalogue.map(({ stock }) => stock) ?? [];
    expect(stocks).toHaveLength(100);
    expect([Math.min(...stocks) >= 1, Math.max(...stocks) <= 50]).toEqual([true, true]);
    expect(made.all()[0]).toMatchObject({ ...first?.plan, units: stocks.reduce((sum, stock) => sum + stock, 0) });
  });

  it("ends the last windows soon after the planned end, and goes on only while the siege does", async () => {
    const { made } = calendar({ plannedEndMs: 100_000 });
    made.start();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(made.all().map(({ closesAtMs }) => closesAtMs)).toEqual([72_000, 112_000, 140_000]);
    expect(made.all().map(({ itemIds }) => itemIds.length)).toEqual([100, 100, 10]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(made.running().map(({ opensAtMs }) => opensAtMs)).toEqual([82_000]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(made.running().map(({ opensAtMs }) => opensAtMs)).toEqual([82_000, 122_000]);
    await made.stop();
  });

  it("tries again when the ledger is away", async () => {
    let away = true;
    const schedule = vi.fn(async () => {
      if (away) throw new Error("Postgres is away");
      return "scheduled" as const;
    });
    const { made } = calendar({ ledger: { schedule } });
    made.start();
    await vi.advanceTimersByTimeAsync(1_200);
    expect(made.all()).toEqual([]);
    away = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(made.all().length).toBeGreaterThan(0);
    await made.stop();
  });
});
