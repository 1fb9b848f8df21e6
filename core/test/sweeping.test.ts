import { auditSale, cancelCheckout, closeSale, purchaseCart, readTicket } from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { openHouse, replacing } from "./house.ts";

const MINUTE = 60_000;

describe("the sweep", () => {
  it("pages a submitted hold again whose page was lost, with growing pauses", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const hold = await house.held(sale);
    house.pages.length = 0;
    expect(await house.sweep(sale)).toMatchObject({ paged: 0 });
    house.clock.ms += 2_000;
    expect(await house.sweep(sale)).toMatchObject({ paged: 1 });
    expect(await house.sweep(sale)).toMatchObject({ paged: 0 });
    expect(house.pages).toEqual([{ saleId: sale, epoch: 1, checkoutIds: [hold.checkoutId] }]);
    await house.settle();
    expect(await house.stateOf(sale, hold.checkoutId)).toBe("confirmed");
  });

  it("expires a cart at its deadline and gives its units back; never one that was purchased in time", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const [left, bought] = [await house.held(sale, { mode: "cart" }), await house.held(sale, { mode: "cart" })];
    house.clock.ms += 2 * MINUTE - 1;
    expect(await house.sweep(sale)).toMatchObject({ expired: 0 });
    expect(await purchaseCart(house.parts, { saleId: sale, checkoutId: bought.checkoutId, userId: "u" })).toMatchObject(
      { kind: "submitted" },
    );
    house.clock.ms += 1;
    expect(await house.sweep(sale)).toMatchObject({ expired: 1 });
    await house.settle();
    expect(await house.stateOf(sale, left.checkoutId)).toBe("expired");
    expect(await house.stateOf(sale, bought.checkoutId)).toBe("confirmed");
    expect(await house.totals(sale)).toEqual({ available: 2, held: 0, sold: 1 });
  });

  it("tells the ledger the key of what was cancelled without Redis, so that no recovery forgets whose it is", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const keyed = { key: "k", fingerprint: "f" };
    const hold = await house.held(sale, keyed);
    const away = replacing(house.gate, { read: () => Promise.reject(new Error("redis is away")) });
    const { checkoutId, userId, lines } = hold;
    const ticket = { checkoutId, saleId: sale, epoch: 1, userId, reservedAtMs: hold.sinceMs, lines };
    expect(await cancelCheckout({ ...house.parts, holds: away }, ticket)).toMatchObject({ kind: "decided" });
    house.clock.ms += 2_000;
    expect(await house.sweep(sale)).toMatchObject({ finalised: 1 });
    house.gate.restart();
    expect(await house.recover(sale)).toBe("opened");
    expect(await house.reserve(sale, keyed)).toMatchObject({ kind: "accepted", checkoutId });
    expect(await house.totals(sale)).toEqual({ available: 3, held: 0, sold: 0 });
  });

  it("does not expire a cart while its gate is shut", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    await house.held(sale, { mode: "cart" });
    house.clock.ms += 3 * MINUTE;
    house.gate.restart();
    expect(await house.sweep(sale)).toMatchObject({ expired: 0 });
    expect((await house.totals(sale))?.held).toBe(1);
  });
});

describe("closing", () => {
  it("settles a checkout of the last millisecond into its own sale after the window has closed", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    house.clock.ms = (await house.saleOf(sale)).closesAtMs - 1;
    const hold = await house.held(sale);
    house.clock.ms += 1;
    expect(await house.reserve(sale)).toEqual({ kind: "sale_closed" });
    house.clock.ms += 5 * MINUTE - 2;
    expect(await closeSale(house.parts, await house.saleOf(sale))).toBe("not_yet");
    await house.settle();
    expect(await house.stateOf(sale, hold.checkoutId)).toBe("confirmed");
  });

  it("seals a sale while Redis is away, and drains its gate once it is back, leases or not", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const late = await house.held(sale);
    house.clock.ms = (await house.saleOf(sale)).settleUntilMs;
    const away = replacing(house.gate, { some: () => Promise.reject(new Error("redis is away")) });
    await expect(closeSale({ ...house.parts, holds: away }, await house.saleOf(sale))).rejects.toThrow("redis is away");
    expect((await house.saleOf(sale)).state).toBe("closed");
    house.gate.restart();
    expect(await closeSale(house.parts, await house.saleOf(sale))).toBe("draining");
    expect(await closeSale(house.parts, await house.saleOf(sale))).toBe("closed");
    expect(await house.stateOf(sale, late.checkoutId)).toBe("expired");
    expect(await house.totals(sale)).toEqual({ available: 3, held: 0, sold: 0 });
  });

  it("drains and retires the gate that a recovery opened after the sale was looked at", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    await house.held(sale);
    const seen = await house.saleOf(sale);
    expect(await house.recover(sale)).toBe("opened");
    house.clock.ms = seen.settleUntilMs;
    expect(await closeSale(house.parts, seen)).toBe("closed");
    expect(await house.totals(sale)).toEqual({ available: 3, held: 0, sold: 0 });
    expect(await house.gate.isOpen(sale, 2)).toBe(false);
  });

  it("expires what was not judged by settle_until, seals the sale and retires its gate", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const [sold, late] = [await house.held(sale), await house.held(sale)];
    const latePage = house.pages.splice(1);
    await house.settle();
    house.clock.ms = (await house.saleOf(sale)).settleUntilMs;
    expect(await closeSale(house.parts, await house.saleOf(sale))).toBe("closed");
    expect(await house.stateOf(sale, sold.checkoutId)).toBe("confirmed");
    expect(await house.stateOf(sale, late.checkoutId)).toBe("expired");
    house.pages.push(...latePage);
    await house.settle();
    expect(await house.saleOf(sale)).toMatchObject({ state: "closed", itemsSold: 1, itemsHeld: 0 });
    expect(await house.totals(sale)).toEqual({ available: 2, held: 0, sold: 1 });
    expect(await closeSale(house.parts, await house.saleOf(sale))).toBe("closed");
    expect(await house.recover(sale)).toBe("closed");
    const ticket = { checkoutId: "never seen", saleId: sale, epoch: 1, userId: "u", reservedAtMs: 1, lines: [] };
    expect(await readTicket(house.ledger, ticket)).toMatchObject({ kind: "decided", verdict: { state: "expired" } });
    expect(await auditSale({ ledger: house.ledger, gate: house.gate }, sale)).toMatchObject({
      atRest: true,
      violations: [],
    });
  });
});
