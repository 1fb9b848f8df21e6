import { readTimeline, reconcileSale } from "@flashgate/core";
import { beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./house.ts";

let house: House;
let sale: string;
beforeEach(async () => {
  house = openHouse();
  sale = await house.openSale({ stock: { a: 5 } });
});

const reconcile = () => reconcileSale({ ...house.parts, gate: house.gate }, sale);

describe("reconciling a sale", () => {
  it("leaves alone what is in order", async () => {
    expect(await reconcile()).toMatchObject({ recovery: "not_needed", report: { atRest: true, violations: [] } });
    expect((await house.saleOf(sale)).epoch).toBe(1);
    expect(await reconcileSale({ ...house.parts, gate: house.gate }, "x-none")).toBeNull();
  });

  it("finalises a hold whose verdict the gate never heard of", async () => {
    const hold = await house.held(sale);
    await house.ledger.settleAll(sale, 1, [hold]);
    house.clock.ms += 10_000;
    expect(await reconcile()).toMatchObject({
      swept: { finalised: 1 },
      recovery: "not_needed",
      report: { atRest: true, confirmedUnits: 1, violations: [] },
    });
    expect(await house.totals(sale)).toEqual({ available: 4, held: 0, sold: 1 });
  });

  it("has a gate whose books are wrong rebuilt from the ledger, in a new epoch", async () => {
    const hold = await house.held(sale);
    await house.settle();
    const opening = house.gate.server.sales.get(sale)?.openings.get(1);
    opening?.stock.set("a", 1);
    expect(await reconcile()).toMatchObject({ recovery: "begun" });
    expect(await house.saleOf(sale)).toMatchObject({ epoch: 2, state: "recovering" });
    expect(await house.recover(sale)).toBe("opened");
    expect(await house.totals(sale)).toEqual({ available: 4, held: 0, sold: 1 });
    expect(await reconcile()).toMatchObject({ recovery: "not_needed", report: { violations: [] } });
    expect(await house.stateOf(sale, hold.checkoutId)).toBe("confirmed");
  });
});

describe("a checkout's timeline", () => {
  const read = (checkoutId: string) => readTimeline(house.parts, checkoutId);

  it("is told from the gate, then from the ledger, and is null for nobody's", async () => {
    const hold = await house.held(sale);
    const { checkoutId } = hold;
    expect(await read(checkoutId)).toEqual({ saleId: sale, attempts: [], hold, record: null });
    await house.ledger.settleAll(sale, 1, [hold]);
    expect(await read(checkoutId)).toMatchObject({ hold, record: { status: { state: "confirmed" } } });
    house.clock.ms += 10_000;
    await house.sweep(sale);
    expect(await read(checkoutId)).toMatchObject({
      saleId: sale,
      attempts: [{ checkoutId, outcome: "held", atMs: hold.sinceMs }],
      hold: null,
      record: { status: { state: "confirmed" } },
    });
    expect(await read("nobody's")).toBeNull();
  });
});
