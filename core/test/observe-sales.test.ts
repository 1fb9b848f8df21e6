import { observeBooks, readGates, rotationDelayMs } from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { NOW, openHouse, replacing } from "./house.ts";

const MINUTE = 60_000;
const away = () => Promise.reject(new Error("redis is away"));

describe("gates", () => {
  it("are told together: open where all are, the highest epoch, the sum of their units", async () => {
    const house = openHouse();
    const [one, two] = [await house.openSale(), await house.openSale({ stock: { a: 5 } })];
    await house.held(one);
    const gates = { gate: house.gate, opening: house.gate };
    const sales = [await house.saleOf(one), await house.saleOf(two)];
    const totals = { available: 7, held: 1, sold: 0 };
    expect(await readGates(gates, sales)).toEqual({ open: true, epoch: 1, totals });
    house.gate.restart();
    expect(await readGates(gates, sales)).toEqual({ open: false, epoch: 1, totals });
    await house.recover(one);
    const since = [await house.saleOf(one), await house.saleOf(two)];
    expect(await readGates(gates, since)).toMatchObject({ open: false, epoch: 2 });
  });

  it("are open where there is none, and shut where they cannot be asked", async () => {
    const house = openHouse();
    const gates = { gate: house.gate, opening: house.gate };
    const none = { available: 0, held: 0, sold: 0 };
    expect(await readGates(gates, [])).toEqual({ open: true, epoch: 0, totals: none });
    const sale = await house.saleOf(await house.openSale());
    const gone = replacing(house.gate, { isOpen: away, totals: away });
    expect(await readGates({ gate: gone, opening: gone }, [sale])).toEqual({ open: false, epoch: 1, totals: null });
  });

  it("of a sale that is being recovered are shut", async () => {
    const house = openHouse();
    const id = await house.openSale();
    await house.ledger.beginRecovery(id, 1);
    const gates = { gate: house.gate, opening: house.gate };
    expect(await readGates(gates, [await house.saleOf(id)])).toMatchObject({ open: false });
  });
});

describe("the rotation's delay", () => {
  const hourly = async (opened: boolean) => {
    const house = openHouse();
    const window = { opensAtMs: NOW - 30 * MINUTE, closesAtMs: NOW + 30 * MINUTE, settleUntilMs: NOW + 45 * MINUTE };
    const id = await house.openSale({ id: "2026112210", ...window });
    const sale = await house.saleOf(id);
    return opened ? sale : { ...sale, openEpoch: 0 };
  };

  it("is none once this hour's gate was opened", async () => {
    expect(rotationDelayMs([await hourly(true)], NOW, 0)).toBe(0);
  });

  it("grows from the hour, or from when somebody was there", async () => {
    expect(rotationDelayMs([await hourly(false)], NOW, 0)).toBe(30 * MINUTE);
    expect(rotationDelayMs([], NOW, 0)).toBe(30 * MINUTE);
    expect(rotationDelayMs([], NOW, NOW - 2_000)).toBe(2_000);
  });
});

describe("the books", () => {
  it("of a sale in order tell nothing but its oldest hold", async () => {
    const house = openHouse();
    const id = await house.openSale();
    expect(await observeBooks(house, [await house.saleOf(id)])).toEqual({
      oversoldUnits: 0,
      drifts: 0,
      oldestHoldMs: null,
    });
    const oldest = await house.held(id);
    house.clock.ms += 5_000;
    await house.held(id);
    expect(await observeBooks(house, [await house.saleOf(id)])).toMatchObject({ oldestHoldMs: oldest.sinceMs });
  });

  it("tell each place where gate and ledger drifted apart, and what was sold past the stock", async () => {
    const house = openHouse();
    const id = await house.openSale();
    await house.held(id);
    await house.settle();
    const sales = [await house.saleOf(id)];
    const facts = await house.ledger.facts(id);
    const gate = await house.gate.inspect(id);
    if (!facts || !gate) throw new Error("the sale has books");
    const short = { ...gate, totals: { ...gate.totals, available: gate.totals.available - 1 } };
    const drifted = { ledger: house.ledger, gate: { inspect: async () => short } };
    expect((await observeBooks(drifted, sales)).drifts).toBeGreaterThan(0);

    const [first, ...rest] = facts.items;
    if (!first) throw new Error("the sale has items");
    const items = [{ ...first, sold: first.stock + 2, confirmedUnits: first.stock + 2 }, ...rest];
    const oversold = {
      ledger: replacing(house.ledger, { facts: async () => ({ ...facts, items }) }),
      gate: house.gate,
    };
    expect(await observeBooks(oversold, sales)).toMatchObject({ oversoldUnits: 2 });
  });

  it("of a large sale in a rush tell no drift that may be none, and its oldest hold", async () => {
    const house = openHouse();
    const id = await house.openSale();
    const { sinceMs } = await house.held(id);
    const whole = await house.gate.inspect(id);
    if (!whole) throw new Error("the sale has a gate");
    const torn = {
      inspect: async () => ({ ...whole, pool: new Set<string>(), oneInstant: false }),
    };
    const books = await observeBooks({ ledger: house.ledger, gate: torn }, [await house.saleOf(id)]);
    expect(books).toEqual({ oversoldUnits: 0, drifts: 0, oldestHoldMs: sinceMs });
  });

  it("of a sale that is not there are empty", async () => {
    const house = openHouse();
    const id = await house.openSale();
    const gone = { ...(await house.saleOf(id)), id: "x-gone" };
    expect(await observeBooks(house, [gone])).toEqual({ oversoldUnits: 0, drifts: 0, oldestHoldMs: null });
  });
});
