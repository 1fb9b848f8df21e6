import { describe, expect, it } from "vitest";
import { audit } from "../domain/audit.ts";
import { OVER, type Scene } from "./ledger-contract-scene.ts";

/** What a sale keeps of attempts: its row says so, to whoever enters a checkout and to whoever audits. */
export function attemptContract(scene: () => Scene): void {
  describe("attempts", () => {
    it.each([
      { attempts: "all", accepted: 4, refused: 2 },
      { attempts: "accepted", accepted: 4, refused: 0 },
      { attempts: "off", accepted: 0, refused: 0 },
    ] as const)(
      "of a sale that keeps $attempts: settled, adopted, judged alone, cancelled and refused",
      async (kept) => {
        const sale = await scene().open({ stock: { c: 9 }, attempts: kept.attempts });
        const [settled, adopted, alone, gone] = [sale.hold(), sale.hold(), sale.hold(), sale.hold()];
        await sale.confirm(settled);
        await sale.recover([adopted]);
        await sale.confirm(adopted);
        expect(await sale.verdict(alone)).toBe("confirmed");
        await sale.entomb([sale.tomb(gone)]);
        const refusal = { saleId: sale.id, userId: "u", units: 2, outcome: "sold_out", atMs: sale.plan.opensAtMs };
        await sale.ledger.recordRefused([refusal, { ...refusal, userId: "v" }]);

        expect(await sale.ledger.find(sale.id)).toMatchObject({ attempts: kept.attempts });
        const found = await sale.ledger.attempts({ saleId: sale.id, limit: 9 });
        expect(found.filter(({ checkoutId }) => checkoutId !== null)).toHaveLength(kept.accepted);
        expect(found.filter(({ checkoutId }) => checkoutId === null)).toHaveLength(kept.refused);
        const unattempted = kept.attempts === "off" ? null : 0;
        const facts = await sale.ledger.facts(sale.id);
        expect(facts).toMatchObject({ confirmedUnits: 3, confirmedWithoutAttempt: unattempted });
      },
    );

    it("refused in several sales at once are kept of those that keep all", async () => {
      const sales = [await scene().open(), await scene().open({ attempts: "off" }), await scene().open()];
      const { ledger } = scene();
      await ledger.recordRefused(
        sales.map(({ id, plan }) => ({
          ...{ saleId: id, userId: "u", units: 1, outcome: "sold_out" },
          atMs: plan.opensAtMs,
        })),
      );
      const counts = sales.map(async ({ id }) => (await ledger.attempts({ saleId: id, limit: 9 })).length);
      expect(await Promise.all(counts)).toEqual([1, 0, 1]);
    });

    it("that a sealed sale did not keep are not looked at, and no audit says otherwise", async () => {
      const sale = await scene().open({ ...OVER, attempts: "off" });
      await sale.confirm(sale.hold());
      expect(await sale.ledger.close(sale.id)).toBe("closed");
      const facts = await sale.ledger.facts(sale.id);
      const report = facts && audit(facts, null, true);
      expect(report?.unchecked).toContainEqual({ invariant: 6, reason: "attempts_not_recorded" });
      expect(report?.violations).toEqual([]);
    });
  });
}
