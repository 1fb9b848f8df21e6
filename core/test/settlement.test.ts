import { auditSale, type CheckoutLedger, cancelCheckout, settlePage, type Ticket } from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { openHouse, replacing } from "./house.ts";

const ticketOf = (saleId: string, checkoutId: string): Ticket => {
  return { checkoutId, saleId, epoch: 1, userId: "u", reservedAtMs: 1, lines: [{ itemId: "a", quantity: 1 }] };
};

describe("settling a page", () => {
  it("confirms what the gate holds and moves the gate from held to sold", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const hold = await house.held(sale);
    expect(await house.totals(sale)).toEqual({ available: 2, held: 1, sold: 0 });
    await house.settle();
    expect(await house.stateOf(sale, hold.checkoutId)).toBe("confirmed");
    expect(await house.totals(sale)).toEqual({ available: 2, held: 0, sold: 1 });
  });

  it("believes nothing of a job but which ids to look up", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const hold = await house.held(sale);
    const cart = await house.held(sale, { mode: "cart" });
    const forged = {
      saleId: sale,
      epoch: 1,
      checkoutIds: ["nobody", hold.checkoutId, hold.checkoutId, cart.checkoutId],
    };
    expect(await settlePage(house.parts, forged)).toEqual({ kind: "settled" });
    expect(await settlePage(house.parts, { ...forged, epoch: 9 })).toEqual({ kind: "settled" });
    expect((await house.saleOf(sale)).itemsSold).toBe(1);
    expect(await house.stateOf(sale, cart.checkoutId)).toBeUndefined();
  });

  it("is harmless twice, whether the first time got to the gate or not", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const hold = await house.held(sale);
    const [page] = house.pages;
    if (!page) throw new Error("a page was enqueued");
    const deaf = { ...house.parts, holds: replacing(house.gate, { finalise: async () => "gate_shut" as never }) };
    await settlePage(deaf, page);
    expect(await house.totals(sale)).toEqual({ available: 2, held: 1, sold: 0 });
    for (let times = 0; times < 2; times += 1) {
      await settlePage(house.parts, page);
      expect(await house.totals(sale)).toEqual({ available: 2, held: 0, sold: 1 });
    }
    expect(await house.stateOf(sale, hold.checkoutId)).toBe("confirmed");
  });

  it("waits while the gate is being recovered", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const hold = await house.held(sale);
    await house.ledger.beginRecovery(sale, 1);
    expect(await settlePage(house.parts, { saleId: sale, epoch: 1, checkoutIds: [hold.checkoutId] })).toEqual({
      kind: "retry",
    });
  });

  it("lets one poisonous checkout fail alone: it keeps its hold, its page settles", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const [bad, good] = [await house.held(sale), await house.held(sale)];
    const settleOne: CheckoutLedger["settleOne"] = async (saleId, epoch, hold) =>
      hold.checkoutId === bad.checkoutId
        ? { kind: "failed", error: new Error("poison") }
        : house.ledger.settleOne(saleId, epoch, hold);
    const settleAll: CheckoutLedger["settleAll"] = async () => "contested";
    const ledger = replacing(house.ledger, { settleAll, settleOne });
    const page = { saleId: sale, epoch: 1, checkoutIds: [bad.checkoutId, good.checkoutId] };
    expect(await settlePage({ ...house.parts, ledger }, page)).toEqual({
      kind: "poisoned",
      checkoutIds: [bad.checkoutId],
    });
    expect(house.events.filter((event) => event.kind === "checkout_poisoned")).toHaveLength(1);
    expect(await house.totals(sale)).toEqual({ available: 1, held: 1, sold: 1 });
  });

  it("takes an outage for no poison: what was judged by then is so when the page is delivered again", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const [first, second] = [await house.held(sale), await house.held(sale)];
    const settleAll: CheckoutLedger["settleAll"] = async () => "contested";
    const settleOne: CheckoutLedger["settleOne"] = (saleId, epoch, hold) =>
      hold.checkoutId === second.checkoutId
        ? Promise.reject(new Error("postgres is away"))
        : house.ledger.settleOne(saleId, epoch, hold);
    const ledger = replacing(house.ledger, { settleAll, settleOne });
    const page = { saleId: sale, epoch: 1, checkoutIds: [first.checkoutId, second.checkoutId] };
    await expect(settlePage({ ...house.parts, ledger }, page)).rejects.toThrow("postgres is away");
    expect(await house.ledger.failureOf(second.checkoutId)).toBeNull();
    expect(await settlePage(house.parts, page)).toEqual({ kind: "settled" });
    expect(await house.totals(sale)).toEqual({ available: 1, held: 0, sold: 2 });
  });
});

describe("cancelling", () => {
  it("gives the units back and is final; a confirmed checkout stays confirmed", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const [given, kept] = [await house.held(sale), await house.held(sale)];
    const cancelled = await cancelCheckout(house.parts, ticketOf(sale, given.checkoutId));
    expect(cancelled).toMatchObject({ judged: { verdict: { state: "cancelled" } } });
    await house.settle();
    const tooLate = await cancelCheckout(house.parts, ticketOf(sale, kept.checkoutId));
    expect(tooLate).toMatchObject({ judged: { verdict: { state: "confirmed" } } });
    expect(await house.totals(sale)).toEqual({ available: 2, held: 0, sold: 1 });
    expect(await auditSale({ ledger: house.ledger, gate: house.gate }, sale)).toMatchObject({
      atRest: true,
      violations: [],
    });
  });

  it("works while the gate cannot be asked; the sweep gives the units back", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const hold = await house.held(sale);
    const away = () => Promise.reject(new Error("redis is away"));
    const blind = { ...house.parts, holds: replacing(house.gate, { read: away, finalise: away }) };
    expect(await cancelCheckout(blind, ticketOf(sale, hold.checkoutId))).toMatchObject({
      judged: { verdict: { state: "cancelled" } },
    });
    expect((await house.totals(sale))?.held).toBe(1);
    house.clock.ms += 5_000;
    expect(await house.sweep(sale)).toMatchObject({ finalised: 1, paged: 0, expired: 0 });
    expect(await house.totals(sale)).toEqual({ available: 3, held: 0, sold: 0 });
  });
});
