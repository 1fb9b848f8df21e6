import { describe, expect, it } from "vitest";
import { generatedCatalogue } from "../domain/item.ts";
import type { SalePlan } from "../domain/sale.ts";
import type { Scene } from "./ledger-contract-scene.ts";

/** Where no other test has its windows. */
const FAR_MS = 60 * 365 * 86_400_000;
const DAY_MS = 86_400_000;

let days = 0;

/** Sales whose windows are to lie apart. Each test has days of its own. */
export function apartContract(scene: () => Scene): void {
  describe("scheduling apart", () => {
    const dayOf = async () => {
      days += 1;
      const startMs = (await scene().nowMs()) + FAR_MS + days * 3 * DAY_MS;
      return (name: string, opensInMs: number, closesInMs: number): SalePlan => ({
        id: `x-apart-${days}-${name}`,
        opensAtMs: startMs + opensInMs,
        closesAtMs: startMs + closesInMs,
        settleUntilMs: startMs + closesInMs,
        limitPerUser: 1,
      });
    };
    const apart = (plan: SalePlan) => scene().ledger.scheduleApart(plan, generatedCatalogue(plan.id, 3));

    it("takes a window that only touches others, and none that shares a moment with one", async () => {
      const plan = await dayOf();
      const first = plan("first", 1_000, 2_000);
      expect(await apart(first)).toEqual({ kind: "scheduled" });
      expect(await scene().ledger.items(first.id)).toHaveLength(3);
      for (const [index, window] of [
        [1_999, 3_000],
        [0, 1_001],
        [1_200, 1_300],
        [0, 9_000],
        [1_000, 2_000],
      ].entries()) {
        const other = plan(`other-${index}`, window[0] ?? 0, window[1] ?? 0);
        expect(await apart(other)).toEqual({ kind: "overlaps", saleId: first.id });
        expect(await scene().ledger.find(other.id)).toBeNull();
      }
      expect(await apart(plan("before", 0, 1_000))).toEqual({ kind: "scheduled" });
      expect(await apart(plan("after", 2_000, 3_000))).toEqual({ kind: "scheduled" });
    });

    it("names the latest of the sales in the way, however they were scheduled, and itself never", async () => {
      const plan = await dayOf();
      const [early, late] = [plan("early", 0, 9_000), plan("late", 5_000, 6_000)];
      for (const each of [early, late]) await scene().ledger.schedule(each, generatedCatalogue(each.id, 1));
      expect(await apart(plan("third", 5_500, 7_000))).toEqual({ kind: "overlaps", saleId: late.id });
      const alone = plan("alone", 20_000, 30_000);
      expect(await apart(alone)).toEqual({ kind: "scheduled" });
      expect(await apart(alone)).toEqual({ kind: "exists" });
    });

    it("lets one of those through who want the same window at once, and all who do not", async () => {
      const plan = await dayOf();
      const rivals = Array.from({ length: 6 }, (_, index) => plan(`rival-${index}`, index, 10_000 - index));
      const neighbours = Array.from({ length: 3 }, (_, index) => {
        return plan(`neighbour-${index}`, 20_000 + index * 1_000, 21_000 + index * 1_000);
      });
      const [replies, others] = await Promise.all([Promise.all(rivals.map(apart)), Promise.all(neighbours.map(apart))]);
      expect(others).toEqual(neighbours.map(() => ({ kind: "scheduled" })));
      const winner = rivals[replies.findIndex(({ kind }) => kind === "scheduled")];
      const lost = { kind: "overlaps", saleId: winner?.id };
      expect(replies).toEqual(rivals.map((rival) => (rival === winner ? { kind: "scheduled" } : lost)));
      const made = await Promise.all(rivals.map(({ id }) => scene().ledger.find(id)));
      expect(made.filter((sale) => sale !== null)).toHaveLength(1);
    });
  });
}
