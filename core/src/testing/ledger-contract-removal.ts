import { describe, expect, it } from "vitest";
import { OVER, type SaleOfScene, type Scene } from "./ledger-contract-scene.ts";

const AT_ONCE = { rowsMax: 1_000, restMs: 0 };

/** How a sale leaves the ledger: as a whole, step by step, and for good. */
export function removalContract(scene: () => Scene): void {
  leavingContract(scene);
  removalStepsContract(scene);
}

/** What is left of a sale, and what of the others. */
function leavingContract(scene: () => Scene): void {
  describe("removals", () => {
    it("take a sealed sale out of everything that is read, in one step", async () => {
      const { sale, bought, lost } = await sealedSale(scene(), "reader");
      const { ledger, id } = sale;
      await sale.remove();
      expect(await ledger.beginRemoval(id)).toBe(false);

      expect(await ledger.find(id)).toBeNull();
      expect(await ledger.facts(id)).toBeNull();
      expect(await ledger.status(id, lost.checkoutId)).toBeNull();
      expect(await ledger.saleOf(lost.checkoutId)).toBeNull();
      expect((await ledger.list({ limit: 1_000 })).map((listed) => listed.id)).not.toContain(id);
      expect(await ledger.setPaused(id, true)).toEqual({ kind: "unknown_sale" });
      expect(await ledger.entomb(id, [sale.tomb(sale.hold())], { kind: "absent" })).toEqual([]);
      // whatever step comes next, an order is there as it was or not at all
      for (;;) {
        const left = await ledger.orders("reader", { before: null, limit: 9 });
        expect(left.map(({ lines }) => lines.length)).toEqual(left.map(() => 1));
        if (!(await ledger.removeRows({ rowsMax: 1, restMs: 0 }))) break;
      }
      expect(await ledger.orders("reader", { before: null, limit: 9 })).toEqual([]);
      expect(await ledger.order("reader", bought[0]?.checkoutId ?? "")).toBeNull();
    });

    it("leave nothing of it, and nothing of another one changed", async () => {
      const [gone, stays] = [await sealedSale(scene(), "both"), await sealedSale(scene(), "both")];
      const { ledger } = gone.sale;
      const before = await ledger.facts(stays.sale.id);
      await gone.sale.remove();
      expect([...(await removeAll(gone.sale)).keys()]).toEqual([gone.sale.id]);
      expect(await ledger.records(gone.sale.id, [gone.lost.checkoutId])).toEqual([]);
      expect(await ledger.items(gone.sale.id)).toEqual([]);
      expect(await ledger.attempts({ saleId: gone.sale.id, limit: 9 })).toEqual([]);
      expect(await ledger.failureOf(gone.lost.checkoutId)).toBeNull();
      expect(await ledger.facts(stays.sale.id)).toEqual(before);
      expect(await ledger.attempts({ saleId: stays.sale.id, limit: 9 })).toHaveLength(4);
      expect(await ledger.failureOf(stays.lost.checkoutId)).not.toBeNull();
      expect(await ledger.orders("both", { before: null, limit: 9 })).toHaveLength(2);
    });

    it("touch no sale that is not sealed or not there", async () => {
      const open = await scene().open();
      await open.confirm(open.hold());
      expect(await open.ledger.beginRemoval(open.id)).toBe(false);
      expect(await open.ledger.beginRemoval("x-none")).toBe(false);
      expect(await removeAll(open)).toEqual(new Map());
      expect(await open.counters()).toEqual({ sold: 1, held: 0 });
    });
  });
}

/** Who is removed when, and by whom. */
function removalStepsContract(scene: () => Scene): void {
  describe("removals", () => {
    it("name the oldest window among those sealed so long ago", async () => {
      const late = await scene().open({ ...OVER, opensInMs: -8_000_000_000 });
      const early = await scene().open({ ...OVER, opensInMs: -9_000_000_000 });
      const { ledger } = late;
      const seen = async () => (await ledger.oldestSealed(0))?.id;
      expect(await seen()).not.toBe(early.id);
      await ledger.close(late.id);
      await expect.poll(seen).toBe(late.id);
      await ledger.close(early.id);
      await expect.poll(seen).toBe(early.id);
      expect(await ledger.oldestSealed(3_600_000)).toBeNull();
      await early.remove();
      expect(await seen()).toBe(late.id);
      await late.remove();
      await removeAll(late);
    });

    it("look through an emptied sale once more, a while later, before it is over", async () => {
      const { sale } = await sealedSale(scene(), "late");
      const { ledger } = sale;
      await sale.remove();
      const terms = { rowsMax: 1_000, restMs: 3_600_000 };
      let last = await ledger.removeRows(terms);
      while (last && last.rows > 0) last = await ledger.removeRows(terms);
      expect(last).toEqual({ saleId: sale.id, rows: 0, isOver: false });
      expect(await ledger.removeRows(terms)).toBeNull();
      // somebody who read the sale before it was begun writes only now
      await ledger.recordFailure({ saleId: sale.id, epoch: 1, hold: sale.hold(), cause: "late" });
      expect(await ledger.removeRows(AT_ONCE)).toEqual({ saleId: sale.id, rows: 1, isOver: false });
      expect(await ledger.removeRows(terms)).toEqual({ saleId: sale.id, rows: 0, isOver: false });
      expect(await ledger.removeRows(AT_ONCE)).toEqual({ saleId: sale.id, rows: 0, isOver: true });
      expect(await ledger.removeRows(AT_ONCE)).toBeNull();
    });

    it("are shared by any number, each row removed once", async () => {
      const { ledger } = scene();
      const alone = await sealedSale(scene(), "many");
      await alone.sale.remove();
      const rows = (await removeAll({ ledger })).get(alone.sale.id) ?? 0;
      const sales = [
        await sealedSale(scene(), "many"),
        await sealedSale(scene(), "many"),
        await sealedSale(scene(), "many"),
      ];
      for (const { sale } of sales) await sale.remove();
      const hands = await Promise.all(sales.map(({ sale }) => removeAll(sale)));
      // a hand that saw the others at it has nothing to do; what they left, another round does
      hands.push(await removeAll({ ledger }));
      const total = hands.flatMap((removed) => [...removed.values()]).reduce((sum, count) => sum + count, 0);
      expect(total).toBe(3 * rows);
    });

    it("keep the id taken, for good", async () => {
      const { sale } = await sealedSale(scene(), "again");
      const { ledger, plan } = sale;
      const entry = { id: "a", name: "A", imageUrl: "/a.svg", priceMinor: 1, stock: 1 };
      await sale.remove();
      expect(await ledger.schedule(plan, [entry])).toBe("exists");
      await removeAll(sale);
      expect(await ledger.schedule(plan, [entry])).toBe("exists");
      const apart = { ...plan, opensAtMs: plan.opensAtMs - 9e12, closesAtMs: plan.opensAtMs - 9e12 + 1_000 };
      expect(await ledger.scheduleApart(apart, [entry])).toEqual({ kind: "exists" });
      expect(await ledger.items(sale.id)).toEqual([]);
    });
  });
}

/** Sealed, with two orders of one user, an expired checkout, a refused attempt and a failure. */
async function sealedSale(scene: Scene, userId: string) {
  const sale = await scene.open({ ...OVER, stock: { a: 2, b: 2, c: 5 } });
  const bought = sale.holds(2, { userId, lines: [{ itemId: "a", quantity: 1 }] });
  const lost = sale.hold();
  await sale.confirm(...bought);
  await sale.entomb([sale.tomb(lost)]);
  const { id: saleId, ledger } = sale;
  const atMs = sale.plan.opensAtMs;
  await ledger.recordRefused([{ saleId, userId, units: 1, outcome: "sold_out", atMs }]);
  await ledger.recordFailure({ saleId, epoch: 1, hold: lost, cause: "bad" });
  expect(await ledger.close(saleId)).toBe("closed");
  return { sale, bought, lost };
}

/** Goes on until nothing is left to do; what each sale's steps removed. */
async function removeAll({ ledger }: Pick<SaleOfScene, "ledger">): Promise<Map<string, number>> {
  const removed = new Map<string, number>();
  for (;;) {
    const step = await ledger.removeRows(AT_ONCE);
    if (!step) return removed;
    removed.set(step.saleId, (removed.get(step.saleId) ?? 0) + step.rows);
  }
}
