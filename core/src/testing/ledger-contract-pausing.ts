import { describe, expect, it } from "vitest";
import { OVER, type Scene } from "./ledger-contract-scene.ts";

/** The flag that stops a sale's admission. */
export function pauseContract(scene: () => Scene): void {
  describe("sales", () => {
    it("are paused and resumed in any state but closed, and count each change once", async () => {
      const sale = await scene().schedule();
      const { ledger } = sale;
      const pause = async (paused: boolean) => {
        const reply = await ledger.setPaused(sale.id, paused);
        if (reply.kind !== "set") throw new Error(reply.kind);
        expect(await ledger.find(sale.id)).toEqual(reply.sale);
        return [reply.sale.paused, reply.sale.pauseVersion];
      };
      expect(await pause(true)).toEqual([true, 1]);
      expect(await pause(true)).toEqual([true, 1]);
      expect((await sale.recover()).sale).toMatchObject({ paused: true, pauseVersion: 1 });
      expect(await sale.verdict(sale.hold())).toBe("confirmed");
      expect(await pause(false)).toEqual([false, 2]);
      await sale.begin();
      expect(await pause(true)).toEqual([true, 3]);
      const over = await scene().open(OVER);
      await ledger.close(over.id);
      expect(await ledger.setPaused(over.id, true)).toEqual({ kind: "closed" });
      expect(await ledger.setPaused("x-none", true)).toEqual({ kind: "unknown_sale" });
    });

    it("count every one of many changes at once", async () => {
      const { id, ledger } = await scene().open();
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, index) => ledger.setPaused(id, index % 2 === 0)),
      );
      const changes = new Map(
        replies.flatMap((reply) =>
          reply.kind === "set" ? [[reply.sale.pauseVersion, reply.sale.paused] as const] : [],
        ),
      );
      const last = await ledger.find(id);
      expect(last?.paused).toBe(changes.get(Math.max(...changes.keys())));
      for (const [version, paused] of changes) expect(paused).toBe(version % 2 === 1);
    });
  });
}
