import { hourlySale, hourOf } from "@flashgate/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShop, type Shop } from "./shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const shown = (sale: string) => shop.board.view(sale)?.totals;

describe("the board's keeper", () => {
  it("shows sales that were prepared, by the ledger's numbers, and a gate that opens, by the gate's", async () => {
    const plan = hourlySale(hourOf(shop.clock.nowMs()) + 3_600_000);
    await shop.ledger.schedule(plan, [{ id: "a", name: "a", imageUrl: "/a", priceMinor: 1, stock: 7 }]);
    await shop.keeper.resync({ missed: false });
    expect(shop.board.view(plan.id)).toMatchObject({
      sale: { state: "scheduled" },
      totals: { available: 7, held: 0, sold: 0 },
    });
    await shop.recover(plan.id);
    await shop.keeper.follow({ kind: "opened", saleId: plan.id, epoch: 1 });
    expect(shop.board.view(plan.id)?.sale).toMatchObject({ state: "open", openEpoch: 1 });
  });

  it("makes up for events that were missed", async () => {
    const sale = await shop.openSale();
    const hold = await shop.gate.reserve({
      saleId: sale,
      checkoutId: "c",
      userId: "u",
      mode: "submitted",
      demand: { lines: [], any: 1 },
      key: "",
      fingerprint: "",
    });
    expect([hold.kind, shown(sale)]).toEqual(["held", { available: 5, held: 0, sold: 0 }]);
    await shop.keeper.resync({ missed: false });
    expect(shown(sale)).toEqual({ available: 4, held: 1, sold: 0 });
    await Promise.all([shop.keeper.resync({ missed: false }), shop.keeper.resync({ missed: true })]);
    expect(shop.board.items(sale, { limit: 9, available: true })?.items).toHaveLength(4);
  });

  it("keeps what it heard of while it was reading, which is younger", async () => {
    const sale = await shop.openSale();
    const epoch = shop.board.view(sale)?.sale.openEpoch ?? 0;
    const items = shop.ledger.items.bind(shop.ledger);
    const heard = { available: 3, held: 0, sold: 2 };
    shop.ledger.items = async (id) => {
      if (id === sale) {
        const none = { judged: [], stock: new Map(), soldUnits: new Map() };
        await shop.keeper.follow({ kind: "settled", saleId: sale, epoch, totals: heard, ...none });
      }
      return items(id);
    };
    await shop.keeper.resync({ missed: true });
    shop.ledger.items = items;
    expect(shown(sale)).toEqual(heard);
    await shop.keeper.resync({ missed: false });
    expect(shown(sale)).toEqual({ available: 5, held: 0, sold: 0 });
  });

  it("shows the ledger's numbers while Redis is away, keeps every sale that is not sealed, and drops the sealed but for the last few", async () => {
    const sale = await shop.openSale();
    const totals = shop.gate.totals.bind(shop.gate);
    shop.gate.totals = () => Promise.reject(new Error("redis is away"));
    await shop.keeper.resync({ missed: true });
    expect(shown(sale)).toEqual({ available: 5, held: 0, sold: 0 });
    shop.gate.totals = totals;
    for (let more = 0; more < 20; more += 1) await shop.openSale({ opensAtMs: shop.clock.nowMs() + more, items: 1 });
    expect(shown(sale)).toEqual({ available: 5, held: 0, sold: 0 });
    shop.clock.ms += 120_000;
    for (const each of await shop.ledger.list({ limit: 100 })) await shop.ledger.close(each.id);
    await shop.keeper.resync({ missed: false });
    expect(shown(sale)).toBeUndefined();
  });
});
