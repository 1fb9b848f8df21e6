import { describe, expect, it } from "vitest";
import type { Hold } from "../domain/checkout.ts";
import { lines, OVER, type SaleOfScene, type Scene, wordsOf } from "./ledger-contract-scene.ts";

/** Judging a page as a whole. */
export function pageContract(scene: () => Scene): void {
  describe("settling a page", () => {
    confirmationContract(scene);
    contestContract(scene);
  });
}

function confirmationContract(scene: () => Scene): void {
  it("confirms all of it at once", async () => {
    const sale = await scene().open({ stock: { a: 1, b: 1, c: 5 }, limit: 3 });
    const holds = [
      sale.hold({ userId: "u", lines: lines({ a: 1, c: 1 }), key: "k" }),
      sale.hold({ userId: "v", lines: lines({ c: 3 }), key: "k" }),
      sale.hold({ userId: "u", lines: lines({ b: 1 }) }),
    ];
    const judged = await sale.confirm(...holds);
    expect(judged.map(({ checkoutId }) => checkoutId)).toEqual(holds.map(({ checkoutId }) => checkoutId));
    expect(new Set(Object.values(wordsOf(judged)))).toEqual(new Set(["confirmed"]));
    expect(await sale.counters()).toEqual({ sold: 6, held: 0 });
    const facts = await sale.ledger.facts(sale.id);
    expect(facts?.buyers).toHaveLength(2);
    expect(facts?.items).toMatchObject([{ sold: 1 }, { sold: 1 }, { sold: 4 }]);
  });

  it("confirms adopted holds beside new ones, as the gate holds them now", async () => {
    const sale = await scene().open({ stock: { a: 1, b: 3, c: 5 }, limit: 3 });
    const key = { userId: "u", key: "k" };
    const adopted = [sale.hold({ ...key, mode: "cart", lines: lines({ a: 1, c: 2 }) }), ...sale.holds(2)];
    await sale.recover(adopted);
    const [grown, ...others] = adopted.map((hold): Hold => ({ ...hold, mode: "submitted", lines: lines({ b: 1 }) }));
    const fresh = sale.hold({ userId: "u", lines: lines({ a: 1, c: 1 }) });
    const page = [fresh, ...others, { ...sale.hold(), ...grown }];
    const judged = await sale.confirm(...page);
    expect(judged.map(({ checkoutId }) => checkoutId)).toEqual(page.map(({ checkoutId }) => checkoutId));
    expect(await sale.counters()).toEqual({ sold: 5, held: 0 });
    for (const hold of page) {
      expect(await sale.record(hold)).toMatchObject({ status: { state: "confirmed" }, lines: hold.lines, epoch: 2 });
    }
  });

  it("is nothing to do when it is empty", async () => {
    const sale = await scene().open();
    expect(await sale.settleAll([])).toEqual([]);
  });

  it("delivered twice is contested, and then told what stands", async () => {
    const sale = await scene().open();
    const hold = sale.hold();
    const [judged] = await sale.confirm(hold);
    expect(await sale.settleAll([hold])).toBe("contested");
    expect(await sale.settleOne(hold)).toEqual({ kind: "judged", judged });
    expect(await sale.counters()).toEqual({ sold: 1, held: 0 });
  });
}

interface Contest {
  readonly why: string;
  /** Prepares the sale and returns the holds that spoil the page. */
  readonly spoil: (sale: SaleOfScene, good: Hold) => Hold[] | Promise<Hold[]>;
}
const CONTESTS: Contest[] = [
  { why: "an id comes twice", spoil: (_sale, good) => [good] },
  {
    why: "an id has a verdict",
    spoil: async (sale) => {
      const hold = sale.hold();
      await sale.entomb([sale.tomb(hold)]);
      return [hold];
    },
  },
  {
    why: "an adopted hold wants more than there is",
    spoil: async (sale) => {
      const hold = sale.hold({ lines: lines({ b: 1 }) });
      await sale.recover([hold]);
      return [{ ...hold, lines: lines({ b: 2 }) }];
    },
  },
  {
    why: "an adopted hold comes twice",
    spoil: async (sale) => {
      const hold = sale.hold();
      await sale.recover([hold]);
      return [hold, hold];
    },
  },
  {
    why: "an adopted hold is beside what does not fit",
    spoil: async (sale) => {
      const hold = sale.hold({ lines: lines({ b: 1 }) });
      await sale.recover([hold]);
      return [hold, sale.hold({ lines: lines({ b: 1 }) })];
    },
  },
  { why: "a key comes twice", spoil: (sale) => sale.holds(2, { userId: "u", key: "k" }) },
  {
    why: "a key is taken",
    spoil: async (sale) => {
      await sale.confirm(sale.hold({ userId: "u", key: "k" }));
      return [sale.hold({ userId: "u", key: "k" })];
    },
  },
  { why: "a user wants too much", spoil: (sale) => [sale.hold({ lines: lines({ c: 4 }) })] },
  {
    why: "a user wants too much in several checkouts",
    spoil: (sale) => sale.holds(2, { userId: "u", lines: lines({ c: 2 }) }),
  },
  {
    why: "a user has bought too much before",
    spoil: async (sale) => {
      await sale.confirm(sale.hold({ userId: "u", lines: lines({ c: 3 }) }));
      return [sale.hold({ userId: "u" })];
    },
  },
  { why: "an item is wanted twice", spoil: (sale) => sale.holds(2, { lines: lines({ b: 1 }) }) },
  {
    why: "an item is gone",
    spoil: async (sale) => {
      await sale.confirm(sale.hold({ lines: lines({ b: 1 }) }));
      return [sale.hold({ lines: lines({ b: 1, c: 1 }) })];
    },
  },
  { why: "an item is not on offer", spoil: (sale) => [sale.hold({ lines: lines({ nothing: 1 }) })] },
  {
    why: "the sale is sold out",
    spoil: async (sale) => {
      await sale.confirm(sale.hold({ lines: lines({ b: 1 }) }), sale.hold({ lines: lines({ c: 3 }) }));
      await sale.confirm(sale.hold({ lines: lines({ c: 3 }) }));
      return sale.holds(2);
    },
  },
];

function contestContract(scene: () => Scene): void {
  it.each(CONTESTS)("is contested as a whole when $why", async ({ spoil }) => {
    const sale = await scene().open({ stock: { a: 1, b: 1, c: 7 }, limit: 3 });
    const good = sale.hold({ userId: "good", lines: lines({ a: 1 }), key: "good" });
    const spoilers = await spoil(sale, good);
    const before = await sale.ledger.facts(sale.id);
    for (const page of [
      [good, ...spoilers],
      [...spoilers, good],
    ]) {
      expect(await sale.settleAll(page)).toBe("contested");
    }
    expect(await sale.ledger.facts(sale.id)).toEqual(before);
    expect(await sale.standing(good)).toBe("absent");
    await sale.confirm(good);
  });

  it("is contested unless the sale is open under the page's epoch", async () => {
    const scheduled = await scene().schedule();
    expect(await scheduled.settleAll([scheduled.hold()])).toBe("contested");
    const sale = await scene().open(OVER);
    const hold = sale.hold();
    expect(await sale.settleAll([hold], 0)).toBe("contested");
    expect(await sale.settleAll([hold], 2)).toBe("contested");
    await sale.begin();
    for (const epoch of [1, 2]) expect(await sale.settleAll([hold], epoch)).toBe("contested");
    await sale.ledger.close(sale.id);
    expect(await sale.settleAll([hold])).toBe("contested");
    expect(await sale.ledger.settleAll("x-none", 1, [hold])).toBe("contested");
    expect(await sale.standing(hold)).toBe("absent");
  });
}
