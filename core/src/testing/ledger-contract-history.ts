import { describe, expect, it } from "vitest";
import type { AttemptQuery } from "../application/ports/ledger.ts";
import { lines, type Scene } from "./ledger-contract-scene.ts";

/** What operators look up. */
export function historyContract(scene: () => Scene): void {
  describe("history", () => {
    it("finds the sale of a checkout that has a row", async () => {
      const [one, other] = [await scene().open(), await scene().open()];
      const [sold, held, gone] = [one.hold(), other.hold(), other.hold()];
      await one.confirm(sold);
      await other.recover([held]);
      await other.entomb([other.tomb(gone)]);
      const { ledger } = scene();
      expect(await Promise.all([sold, held, gone].map(({ checkoutId }) => ledger.saleOf(checkoutId)))).toEqual([
        one.id,
        other.id,
        other.id,
      ]);
      for (const nobodys of [one.hold().checkoutId, "no id at all"]) expect(await ledger.saleOf(nobodys)).toBeNull();
    });

    it("lists the attempts of a sale latest first, by user or checkout, page by page", async () => {
      const sale = await scene().open({ stock: { a: 9 }, limit: 9 });
      const { ledger, plan } = sale;
      const atMs = plan.opensAtMs + 5_000;
      const take = (userId: string, sinceMs: number) => sale.hold({ userId, sinceMs, lines: lines({ a: 1 }) });
      const holds = [take("u", atMs), take("u", atMs), take("v", atMs + 1)];
      await sale.confirm(...holds);
      const refused = { saleId: sale.id, userId: "u", units: 2, outcome: "user_limit", atMs };
      await ledger.recordRefused([refused, { ...refused, atMs: atMs - 1 }, { ...refused, saleId: "x-other" }]);

      const list = async (query: Partial<AttemptQuery> = {}) =>
        ledger.attempts({ saleId: sale.id, limit: 9, ...query });
      const accepted = holds.map(({ checkoutId, userId, sinceMs }) => {
        return { saleId: sale.id, checkoutId, userId, units: 1, outcome: "held", atMs: sinceMs };
      });
      const before = { ...refused, checkoutId: null };
      const all = [accepted[2], accepted[0], accepted[1], before, { ...before, atMs: atMs - 1 }];
      expect(await list()).toEqual(all);
      expect(await list({ userId: "v" })).toEqual([accepted[2]]);
      expect(await list({ checkoutId: holds[1]?.checkoutId ?? "" })).toEqual([accepted[1]]);
      expect(await list({ limit: 2 })).toEqual(all.slice(0, 2));
      expect(await list({ untilMs: atMs, skip: 1, limit: 2 })).toEqual(all.slice(2, 4));
      expect(await list({ untilMs: atMs, skip: 3 })).toEqual(all.slice(4));
      expect(await ledger.attempts({ saleId: "x-none", limit: 9 })).toEqual([]);
    });
  });
}
