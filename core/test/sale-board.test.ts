import { type BoardEntry, generatedCatalogue, HOUR_MS, hourlySale, SaleBoard } from "@flashgate/core";
import { describe, expect, it } from "vitest";

const HOUR = Date.UTC(2026, 10, 22, 10);

function entry(over: Partial<BoardEntry["sale"]> = {}): BoardEntry {
  const sale = {
    ...hourlySale(HOUR),
    totalItems: 5,
    itemsSold: 0,
    itemsHeld: 0,
    epoch: 1,
    openEpoch: 1,
    state: "open" as const,
    paused: false,
    pauseVersion: 0,
    attempts: "all" as const,
    ...over,
  };
  const items = generatedCatalogue(sale.id, 5).map((item, index) => ({
    ...item,
    saleId: sale.id,
    position: index + 1,
    sold: 0,
    held: 0,
  }));
  return { sale, items, totals: { available: 5, held: 0, sold: 0 }, stock: null };
}

const id = hourlySale(HOUR).id;

describe("the sale board", () => {
  it("follows settled pages and this process's own reservations; its version grows with each", () => {
    const board = new SaleBoard();
    board.load(entry());
    const loaded = board.view(id)?.version ?? 0;
    board.take(id, [{ itemId: "i00001", quantity: 1 }], { available: 4, held: 1, sold: 0 });
    expect(board.view(id)).toMatchObject({ totals: { available: 4, held: 1, sold: 0 } });
    board.apply({
      kind: "settled",
      saleId: id,
      epoch: 1,
      judged: [],
      totals: { available: 3, held: 0, sold: 2 },
      soldUnits: new Map([["i00001", 1]]),
      stock: new Map([
        ["i00001", 0],
        ["i00002", 0],
      ]),
    });
    expect(board.view(id)).toMatchObject({ totals: { available: 3, held: 0, sold: 2 } });
    expect(board.view(id)?.version).toBeGreaterThan(loaded + 1);
    expect(board.items(id, { limit: 2, available: false })?.items).toMatchObject([
      { id: "i00001", available: 0, sold: 1 },
      { id: "i00002", available: 0, sold: 0 },
    ]);
  });

  it("lists items page by page, all or only what is left", () => {
    const board = new SaleBoard();
    board.load({ ...entry(), stock: new Map([["i00002", 0]]) });
    const pages = [board.items(id, { limit: 2, available: true })];
    pages.push(board.items(id, { limit: 2, available: true, startingAfter: "i00003" }));
    expect(pages.map((page) => [page?.items.map((item) => item.position), page?.hasMore])).toEqual([
      [[1, 3], true],
      [[4, 5], false],
    ]);
    expect(board.items(id, { limit: 2, available: true, startingAfter: "nope" })).toBeNull();
    expect(board.items("nope", { limit: 2, available: true })).toBeNull();
  });

  it("takes current to be the hour's sale, else the latest that runs, else the next", () => {
    const board = new SaleBoard();
    expect(board.current(HOUR)).toBeNull();
    board.load(entry({ id: "next", opensAtMs: HOUR + HOUR_MS, closesAtMs: HOUR + 2 * HOUR_MS }));
    expect(board.current(HOUR)?.sale.id).toBe("next");
    expect(board.nextOpensAtMs(HOUR)).toBe(HOUR + HOUR_MS);
    board.load(entry({ id: "x-1", opensAtMs: HOUR - 2, closesAtMs: HOUR + 9 }));
    board.load(entry({ id: "x-2", opensAtMs: HOUR - 1, closesAtMs: HOUR + 9 }));
    expect(board.current(HOUR)?.sale.id).toBe("x-2");
    board.load(entry());
    expect(board.current(HOUR)?.sale.id).toBe(id);
    expect(board.current(HOUR - 1)?.sale.id).toBe("x-2");
  });

  it("refreshes what it shows, grows no older by hearing the same again, and forgets what it need not keep", () => {
    const board = new SaleBoard();
    const fresh = { sale: entry({ itemsSold: 1 }).sale, totals: { available: 4, held: 0, sold: 1 } };
    board.refresh(fresh);
    expect(board.view(id)).toBeNull();
    board.load(entry());
    board.refresh(fresh);
    const version = board.view(id)?.version;
    expect(board.view(id)).toMatchObject({ sale: { itemsSold: 1 }, totals: { available: 4 } });
    board.refresh({ sale: { ...fresh.sale }, totals: { ...fresh.totals } });
    expect(board.view(id)?.version).toBe(version);
    board.retain(new Set());
    expect(board.view(id)).toBeNull();
  });

  it("loads a sale anew without keeping twice what has not changed", () => {
    const board = new SaleBoard();
    board.load(entry());
    const [first, second] = [board.item(id, "i00001"), board.item(id, "i00002")];
    const anew = entry();
    const items = anew.items.map((item) => (item.id === "i00002" ? { ...item, sold: 1 } : item));
    board.load({ ...anew, items, stock: new Map([["i00003", 0]]) });
    expect(board.item(id, "i00001")).toBe(first);
    expect(board.item(id, "i00002")).toEqual({ ...second, sold: 1, available: 0 });
    expect(board.item(id, "i00003")).toMatchObject({ available: 0, sold: 0 });
    board.load({ ...anew, items: items.toReversed() });
    expect(board.item(id, "i00005")).toMatchObject({ id: "i00005", position: 5 });
  });

  it("finds an item by sale and id", () => {
    const board = new SaleBoard();
    board.load(entry());
    expect(board.item(id, "i00005")).toMatchObject({ saleId: id, id: "i00005", position: 5, available: 1 });
    expect([board.item(id, "i00006"), board.item("2001010100", "i00005")]).toEqual([null, null]);
  });

  it("does not take the word of an opening that is over", () => {
    const board = new SaleBoard();
    board.load(entry({ epoch: 2, openEpoch: 2 }));
    const totals = { available: 0, held: 0, sold: 5 };
    board.apply({ kind: "settled", saleId: id, epoch: 1, judged: [], totals, soldUnits: new Map(), stock: new Map() });
    expect(board.view(id)?.totals).toEqual({ available: 5, held: 0, sold: 0 });
  });
});
