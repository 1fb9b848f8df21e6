import { describe, expect, it } from "vitest";
import { freshCheckoutId, lines, type Scene } from "./ledger-contract-scene.ts";

/** A shopper's confirmed checkouts, whatever their sale. */
export function orderContract(scene: () => Scene): void {
  describe("orders", () => {
    const orderIds = async (userId: string, page: { before: string | null; limit: number }) =>
      (await scene().ledger.orders(userId, page)).map(({ orderId }) => orderId);

    it("tell what was bought, at which price and when", async () => {
      const sale = await scene().open();
      const hold = sale.hold({ lines: lines({ a: 1, c: 2 }) });
      const [judged] = await sale.confirm(hold);
      const order = {
        orderId: hold.checkoutId,
        saleId: sale.id,
        lines: [
          { itemId: "a", name: "Item a", quantity: 1, priceMinor: 499 },
          { itemId: "c", name: "Item c", quantity: 2, priceMinor: 499 },
        ],
        reservedAtMs: hold.sinceMs,
        confirmedAtMs: judged?.decidedAtMs,
      };
      expect(await sale.ledger.order(hold.userId, hold.checkoutId)).toEqual(order);
      expect(await sale.ledger.orders(hold.userId, { before: null, limit: 2 })).toEqual([order]);
    });

    it("are the user's own and confirmed", async () => {
      const sale = await scene().open();
      const userId = `buyer-${freshCheckoutId()}`;
      const [bought, cancelled, held] = sale.holds(3, { userId });
      if (!bought || !cancelled || !held) throw new Error("three holds");
      await sale.confirm(bought);
      await sale.entomb([sale.tomb(cancelled)]);
      await sale.recover([held]);
      expect(await orderIds(userId, { before: null, limit: 9 })).toEqual([bought.checkoutId]);
      for (const { checkoutId } of [cancelled, held]) expect(await sale.ledger.order(userId, checkoutId)).toBeNull();
      expect(await sale.ledger.order(userId, freshCheckoutId())).toBeNull();
      expect(await sale.ledger.order("somebody-else", bought.checkoutId)).toBeNull();
      expect(await orderIds("somebody-else", { before: null, limit: 9 })).toEqual([]);
    });

    it("are listed however far apart they are in time, and none is missed between two pages", async () => {
      const sale = await scene().open({ limit: 9, stock: { c: 9 } });
      const userId = `buyer-${freshCheckoutId()}`;
      // spans of years, of days and of milliseconds, the last two in one
      const times = ["018000000000", "01900fffffff", "019010000000", "0192ab000000", "0192ab000001"];
      const bought = times.map((time) => `${time.slice(0, 8)}-${time.slice(8)}${freshCheckoutId().slice(13)}`);
      await sale.confirm(...bought.map((checkoutId) => sale.hold({ checkoutId, userId })));
      for (const limit of [1, 2, 3, 9]) {
        const listed: string[] = [];
        for (let page = 0; page < 9; page += 1) {
          listed.push(...(await orderIds(userId, { before: listed.at(-1) ?? null, limit })));
        }
        expect(listed).toEqual(bought.toReversed());
      }
      for (const orderId of bought) expect((await sale.ledger.order(userId, orderId))?.orderId).toBe(orderId);
    });

    it("are listed page by page over all sales, last reserved first", async () => {
      const sales = [await scene().open(), await scene().open()];
      const userId = `buyer-${freshCheckoutId()}`;
      const bought: string[] = [];
      for (const sale of [...sales, ...sales]) {
        const hold = sale.hold({ userId });
        await sale.confirm(hold);
        bought.unshift(hold.checkoutId);
      }
      expect(await orderIds(userId, { before: null, limit: 3 })).toEqual(bought.slice(0, 3));
      expect(await orderIds(userId, { before: bought[2] ?? "", limit: 3 })).toEqual(bought.slice(3));
      expect(await orderIds(userId, { before: bought[3] ?? "", limit: 3 })).toEqual([]);
    });
  });
}
