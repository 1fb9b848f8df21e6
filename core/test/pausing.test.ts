import { pauseSale, resumeSale } from "@flashgate/core";
import { beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse, replacing } from "./house.ts";

let house: House;
let sale: string;
beforeEach(async () => {
  house = openHouse();
  sale = await house.openSale();
});

describe("pausing a sale", () => {
  it("stops admission and neither settlement nor used keys, until it is resumed", async () => {
    const keyed = { key: "k", fingerprint: "f" };
    const hold = await house.held(sale, keyed);
    expect(await pauseSale(house.parts, sale)).toMatchObject({ kind: "done", told: true, sale: { paused: true } });
    expect((await house.reserve(sale)).kind).toBe("sale_paused");
    expect(await house.reserve(sale, keyed)).toMatchObject({ kind: "accepted", checkoutId: hold.checkoutId });
    await house.settle();
    expect(await house.stateOf(sale, hold.checkoutId)).toBe("confirmed");
    expect(await resumeSale(house.parts, sale)).toMatchObject({ kind: "done", told: true, sale: { paused: false } });
    expect((await house.reserve(sale)).kind).toBe("accepted");
  });

  it("stands in the ledger where the gate cannot be told, and the next opening installs it", async () => {
    const opening = replacing(house.gate, { tellPaused: () => Promise.reject(new Error("redis is away")) });
    expect(await pauseSale({ ...house.parts, opening }, sale)).toMatchObject({ kind: "done", told: false });
    expect((await house.saleOf(sale)).paused).toBe(true);
    await house.recover(sale);
    expect((await house.reserve(sale)).kind).toBe("sale_paused");
  });

  it("cannot be undone by somebody slower who resumed it before", async () => {
    await pauseSale(house.parts, sale);
    const words: (() => Promise<unknown>)[] = [];
    const opening = replacing(house.gate, {
      tellPaused: async (...word) => {
        words.push(() => house.gate.tellPaused(...word));
        return "told";
      },
    });
    await resumeSale({ ...house.parts, opening }, sale);
    await pauseSale(house.parts, sale);
    for (const word of words) await word();
    expect((await house.reserve(sale)).kind).toBe("sale_paused");
  });

  it("is refused once the sale is closed, and for one that is not there", async () => {
    house.clock.ms += 3_600_000;
    await house.ledger.close(sale);
    expect(await pauseSale(house.parts, sale)).toEqual({ kind: "sale_closed" });
    expect(await resumeSale(house.parts, "x-none")).toEqual({ kind: "unknown_sale" });
  });
});
