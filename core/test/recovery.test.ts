import { auditSale, readTicket, type Ticket } from "@flashgate/core";
import type { MemoryGate } from "@flashgate/core/testing";
import { describe, expect, it } from "vitest";
import { openHouse, replacing } from "./house.ts";

describe("recovering a gate", () => {
  it("goes on with every hold, cart and key that survived, and with the counts of what was judged", async () => {
    const house = openHouse();
    const sale = await house.openSale({ stock: { a: 1, b: 1, c: 1, d: 1 } });
    const sold = await house.held(sale, { key: "sold", fingerprint: "f" });
    await house.settle();
    const pending = await house.held(sale);
    const cart = await house.held(sale, { mode: "cart" });
    house.gate.restart();
    expect(await house.reserve(sale)).toEqual({ kind: "gate_shut" });

    expect(await house.recover(sale)).toBe("opened");
    expect(await house.saleOf(sale)).toMatchObject({
      epoch: 2,
      openEpoch: 2,
      state: "open",
      itemsSold: 1,
      itemsHeld: 2,
    });
    expect(await house.totals(sale)).toEqual({ available: 1, held: 2, sold: 1 });
    expect(await house.gate.read(sale, 2, [pending.checkoutId, cart.checkoutId])).toEqual([pending, cart]);
    expect(await house.reserve(sale, { key: "sold", fingerprint: "f" })).toMatchObject({ checkoutId: sold.checkoutId });

    await house.settle(); // the page of the old epoch finds nothing under its keys' epoch that it may judge
    expect(await house.stateOf(sale, pending.checkoutId)).toBe("held");
    house.clock.ms += 1;
    expect(await house.sweep(sale)).toMatchObject({ paged: 1 });
    await house.settle();
    expect(await house.stateOf(sale, pending.checkoutId)).toBe("confirmed");
    expect(await house.saleOf(sale)).toMatchObject({ itemsSold: 2, itemsHeld: 1 });
  });

  it("fences off an older opening: what it still promises is gate_lost, never sold", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const old = await house.held(sale);
    const [page] = house.pages.splice(0);
    await house.recover(sale, { opening: emptied(house.gate) });
    expect(await house.ledger.settleAll(sale, 1, [old])).toBe("contested");
    expect(page?.epoch).toBe(1);
    const ticket: Ticket = {
      checkoutId: old.checkoutId,
      saleId: sale,
      epoch: 1,
      userId: "u",
      reservedAtMs: 1,
      lines: old.lines,
    };
    const lost = { kind: "decided", verdict: { state: "rejected", reason: "gate_lost" } };
    expect(await readTicket(house.ledger, ticket)).toMatchObject(lost);
    expect(await house.ledger.settleOne(sale, 1, old)).toMatchObject({ judged: { verdict: lost.verdict } });
    expect(await house.totals(sale)).toEqual({ available: 3, held: 0, sold: 0 });
  });

  it("may die at any step and be run again, by anybody", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    const hold = await house.held(sale);
    house.gate.restart();
    const dies = () => Promise.reject(new Error("killed"));
    for (const step of ["shut", "install"] as const) {
      const opening = {
        shut: house.gate.shut.bind(house.gate),
        install: house.gate.install.bind(house.gate),
        [step]: dies,
      };
      await expect(
        house.recover(sale, { opening: { ...opening, isOpen: dies, tellPaused: dies, retire: dies } }),
      ).rejects.toThrow("killed");
      expect(await house.reserve(sale)).toEqual({ kind: "gate_shut" });
    }
    expect(await house.recover(sale)).toBe("opened");
    expect(await house.gate.read(sale, 4, [hold.checkoutId])).toEqual([hold]);
    expect(await house.totals(sale)).toEqual({ available: 2, held: 1, sold: 0 });
  });

  it("is won by one of several that saw the same broken gate", async () => {
    const house = openHouse();
    const sale = await house.openSale();
    house.gate.restart();
    const outcomes = await Promise.all([1, 2, 3].map(() => house.recover(sale)));
    expect(outcomes.sort()).toEqual(["opened", "superseded", "superseded"]);
    expect((await house.saleOf(sale)).epoch).toBe(2);
    expect(await auditSale({ ledger: house.ledger, gate: house.gate }, sale)).toMatchObject({ violations: [] });
  });
});

/** The gate of a server that lost its data: nothing survives. */
function emptied(gate: MemoryGate): MemoryGate {
  const shut: MemoryGate["shut"] = async (saleId, epoch, openEpoch) => {
    const survivors = await gate.shut(saleId, epoch, openEpoch);
    return survivors === "superseded" ? survivors : { ...survivors, holds: [] };
  };
  return replacing(gate, { shut });
}
