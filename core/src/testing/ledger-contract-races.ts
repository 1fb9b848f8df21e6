import { describe, expect, it } from "vitest";
import type { Hold } from "../domain/checkout.ts";
import { generatedCatalogue } from "../domain/item.ts";
import { lines, OVER, type SaleOfScene, type Scene } from "./ledger-contract-scene.ts";

/** Calls that arrive at once: each race has one winner, and the books add up whoever it is. */
export function raceContract(scene: () => Scene): void {
  describe("races", () => {
    callerContract(scene);
    stockContract(scene);
    recoveryRaceContract(scene);
  });
}

/** Settles a page as a worker does: together, else one at a time. Words by checkout. */
async function settlePage(sale: SaleOfScene, holds: readonly Hold[]): Promise<string[]> {
  if ((await sale.settleAll(holds)) !== "contested") return holds.map(() => "confirmed");
  const words: string[] = [];
  for (const hold of holds) words.push(await sale.verdict(hold));
  return words;
}

function callerContract(scene: () => Scene): void {
  it("schedule a sale once", async () => {
    const { plan, ledger } = await scene().schedule();
    const race = { ...plan, id: `${plan.id}-race` };
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => ledger.schedule(race, generatedCatalogue(race.id, 50))),
    );
    expect(replies.sort()).toEqual(["exists", "exists", "exists", "exists", "scheduled"]);
    expect(await ledger.items(race.id)).toHaveLength(50);
  });

  it("begin one recovery of those who saw the same epoch", async () => {
    const sale = await scene().open();
    const begun = await Promise.all([1, 1, 1].map((epoch) => sale.ledger.beginRecovery(sale.id, epoch)));
    expect(begun.map(({ kind }) => kind).sort()).toEqual(["begun", "superseded", "superseded"]);
    expect(await sale.ledger.find(sale.id)).toMatchObject({ epoch: 2, state: "recovering" });
  });

  it("settle a page once that is delivered twice", async () => {
    const sale = await scene().open({ stock: { c: 100 }, limit: 9 });
    const page = sale.holds(40, { lines: lines({ c: 2 }) });
    const replies = await Promise.all([settlePage(sale, page), settlePage(sale, [...page].reverse())]);
    expect(new Set(replies.flat())).toEqual(new Set(["confirmed"]));
    expect(await sale.counters()).toEqual({ sold: 80, held: 0 });
  });

  it("settle or cancel a checkout, and tell both the same", async () => {
    const sale = await scene().open({ stock: { c: 100 } });
    const adopted = sale.holds(10);
    await sale.recover(adopted);
    for (const hold of [...adopted, ...sale.holds(10)]) {
      const [settled, [buried]] = await Promise.all([sale.verdict(hold), sale.entomb([sale.tomb(hold)])]);
      expect(settled).toBe(buried?.verdict.state);
      expect(await sale.standing(hold)).toBe(settled);
    }
  });

  it("settle or cancel pages, with one verdict a checkout", async () => {
    const sale = await scene().open({ stock: { c: 200 } });
    const pages = Array.from({ length: 4 }, () => sale.holds(20));
    const tombs = pages.flat().map((hold) => sale.tomb(hold));
    const buried = await Promise.all([
      ...pages.map(async (page) => void (await settlePage(sale, page))),
      sale.entomb(tombs),
      sale.entomb([...tombs].reverse()),
    ]);
    const told = buried.flatMap((reply) => reply ?? []);
    expect(told).toHaveLength(160);
    for (const { checkoutId, verdict } of told) {
      expect(await sale.ledger.records(sale.id, [checkoutId])).toMatchObject([{ status: verdict }]);
    }
  });
}

function stockContract(scene: () => Scene): void {
  it("sell a user at the limit no more than that", async () => {
    const sale = await scene().open({ stock: { c: 50 }, limit: 3 });
    const words = await Promise.all(sale.holds(8, { userId: "u" }).map((hold) => sale.verdict(hold)));
    expect(words.sort()).toEqual([...Array(3).fill("confirmed"), ...Array(5).fill("user_limit")]);
    const pages = sale.holds(6, { userId: "v", lines: lines({ c: 2 }) }).map((hold) => sale.settleAll([hold]));
    expect((await Promise.all(pages)).filter((reply) => reply !== "contested")).toHaveLength(1);
    expect(await sale.counters()).toEqual({ sold: 5, held: 0 });
  });

  it("use an idempotency key once", async () => {
    const sale = await scene().open({ stock: { c: 50 } });
    const words = await Promise.all(sale.holds(6, { userId: "u", key: "k" }).map((hold) => sale.verdict(hold)));
    expect(words.sort()).toEqual(["confirmed", ...Array(5).fill("key_reused")]);
    const pages = sale.holds(6, { userId: "v", key: "k" }).map((hold) => settlePage(sale, [hold]));
    expect((await Promise.all(pages)).flat().sort()).toEqual(["confirmed", ...Array(5).fill("key_reused")]);
  });

  it("sell a hot item to its last unit and no further, from many pages", async () => {
    const sale = await scene().open({ stock: { hot: 130, c: 200 } });
    const pages = Array.from({ length: 20 }, () => sale.holds(8, { lines: lines({ hot: 1, c: 1 }) }));
    const words = (await Promise.all(pages.map((page) => settlePage(sale, page)))).flat();
    expect(words.filter((word) => word === "confirmed")).toHaveLength(130);
    expect(words.filter((word) => word === "sold_out")).toHaveLength(30);
    expect(await sale.counters()).toEqual({ sold: 260, held: 0 });
  });

  it("wait for each other in one order, however pages name users and items", async () => {
    const stock = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`i${index}`, 500]));
    const sale = await scene().open({ stock, limit: 500 });
    const itemIds = Object.keys(stock);
    const pages = Array.from({ length: 16 }, (_, page) => {
      const holds = itemIds.map((itemId, index) => {
        return sale.hold({ userId: `u${(index * 5 + page) % 7}`, lines: lines({ [itemId]: 1 }) });
      });
      return page % 2 === 0 ? holds : holds.reverse();
    });
    const replies = await Promise.all(pages.map((page) => sale.settleAll(page)));
    expect(replies.filter((reply) => reply === "contested")).toEqual([]);
    expect(await sale.counters()).toEqual({ sold: 192, held: 0 });
  });
}

function recoveryRaceContract(scene: () => Scene): void {
  it("adopt or confirm what a page settles meanwhile, once", async () => {
    const sale = await scene().open({ stock: { c: 200 } });
    for (let round = 0; round < 4; round += 1) {
      const page = sale.holds(10);
      const epoch = sale.epoch;
      await Promise.all([sale.recover(page), sale.settleAll(page, epoch), sale.settleAll(page, epoch + 1)]);
      for (const hold of page) expect(["held", "confirmed"]).toContain(await sale.standing(hold));
    }
    expect(await sale.counters()).toMatchObject({ sold: expect.any(Number) });
  });

  it("adopt or cancel, and give the units back once", async () => {
    const sale = await scene().open({ stock: { c: 200 } });
    const holds = sale.holds(30);
    await sale.recover(holds.slice(0, 15));
    await Promise.all([sale.recover(holds), sale.entomb(holds.map((hold) => sale.tomb(hold)))]);
    for (const hold of holds) expect(await sale.standing(hold)).toBe("cancelled");
    expect(await sale.counters()).toEqual({ sold: 0, held: 0 });
  });

  it("close once, with nothing left held", async () => {
    const sale = await scene().open(OVER);
    const holds = sale.holds(3);
    await sale.begin();
    const [adopted, ...closed] = await Promise.all([
      sale.ledger.adopt(sale.id, sale.epoch, holds),
      sale.ledger.close(sale.id),
      sale.ledger.close(sale.id),
      sale.verdict(holds[0] ?? sale.hold()),
    ]);
    expect(closed.slice(0, 2)).toEqual(["closed", "closed"]);
    const expected = adopted === "superseded" ? ["absent", "expired"] : ["expired", "confirmed"];
    for (const hold of holds) expect(expected).toContain(await sale.standing(hold));
    expect((await sale.counters()).held).toBe(0);
  });
}
