import { CARTS_MAX, cancelCheckout, fillCart, purchaseCart } from "@flashgate/core";
import { beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./house.ts";

describe("a user's cart", () => {
  let house: House;
  let saleId: string;
  beforeEach(async () => {
    house = openHouse();
    saleId = await house.openSale({ stock: { a: 1, b: 1, c: 1, d: 1, e: 1 }, limitPerUser: 4 });
  });
  const fill = (itemId: string, fromTurn = 1, userId = "u") =>
    fillCart(house.parts, { saleId, userId, itemId, fromTurn });
  const filled = async (itemId: string, fromTurn = 1) => {
    const outcome = await fill(itemId, fromTurn);
    if (outcome.kind !== "filled") throw new Error(`expected a cart, got ${outcome.kind}`);
    return outcome;
  };

  it("is opened once and grows, whoever asks and in whatever order", async () => {
    const outcomes = await Promise.all(["a", "b", "c"].map((itemId) => filled(itemId)));
    expect(new Set(outcomes.map(({ checkoutId }) => checkoutId)).size).toBe(1);
    expect(Math.max(...outcomes.map(({ hold }) => hold.lines.length))).toBe(3);
    expect(await fill("a")).toMatchObject({ kind: "already_in_cart", turn: 1, hold: { mode: "cart" } });
    expect((await fill("d", 1, "v")).kind).toBe("filled");
    expect(await fill("d")).toEqual({ kind: "item_taken", itemId: "d" });
    expect(await fill("nope")).toEqual({ kind: "unknown_item", itemId: "nope" });
    await filled("e");
    expect(await fill("d")).toMatchObject({ kind: "sold_out" });
  });

  it("stays within the user's limit over all carts, and writes nothing past it", async () => {
    for (const itemId of ["a", "b"]) await filled(itemId);
    await purchaseCart(house.parts, {
      saleId,
      userId: "u",
      checkoutId: ((await fill("a")) as { checkoutId: string }).checkoutId,
    });
    for (const itemId of ["c", "d"]) expect((await filled(itemId)).turn).toBe(2);
    expect(await fill("e")).toEqual({ kind: "user_limit", unitsLeft: 0 });
  });

  it.each(["bought", "settled", "expired", "cancelled"])(
    "is another one once it is %s, from wherever one looks",
    async (end) => {
      const first = await filled("a");
      const { checkoutId, epoch } = first;
      const step = { saleId, userId: "u", checkoutId };
      if (end === "cancelled") await cancelCheckout(house.parts, { ...step, epoch, reservedAtMs: 0, lines: [] });
      else if (end === "expired") house.clock.ms += 120_000;
      else await purchaseCart(house.parts, step);
      if (end === "settled") await house.settle();
      const second = await filled("b");
      expect(second.turn).toBe(2);
      expect(second.checkoutId).not.toBe(checkoutId);
      expect(await fill("b", 2)).toMatchObject({ kind: "already_in_cart", checkoutId: second.checkoutId });
      expect((await filled("c", 2)).checkoutId).toBe(second.checkoutId);
    },
  );

  it("is the same one after a recovery", async () => {
    const before = await filled("a");
    house.gate.restart();
    expect((await fill("b")).kind).toBe("gate_shut");
    await house.recover(saleId);
    expect(await filled("b")).toMatchObject({ checkoutId: before.checkoutId, epoch: before.epoch + 1 });
  });

  it("is never taken for what another request of that key reserved", async () => {
    const other = await house.held(saleId, {
      key: "cart 1",
      fingerprint: "other",
      demand: { lines: [{ itemId: "b", quantity: 1 }], any: 0 },
    });
    const cart = await filled("a");
    expect(cart).toMatchObject({ turn: 2, hold: { lines: [{ itemId: "a" }] } });
    expect(cart.checkoutId).not.toBe(other.checkoutId);
  });

  it("has an end", async () => {
    expect(await fill("a", CARTS_MAX + 1)).toEqual({ kind: "carts_spent" });
    expect((await filled("a", CARTS_MAX)).turn).toBe(CARTS_MAX);
  });

  it("that the gate gave up between two looks is followed by the next", async () => {
    const { checkoutId } = await filled("a");
    const addLines = house.gate.addLines.bind(house.gate);
    house.gate.addLines = async (step) => {
      await purchaseCart(house.parts, step);
      return addLines(step);
    };
    const next = await filled("b");
    expect(next).toMatchObject({ turn: 2, hold: { lines: [{ itemId: "b" }] } });
    expect(next.checkoutId).not.toBe(checkoutId);
  });
});
