import type { Hold, Ledger, Tomb } from "@flashgate/core";
import { generatedCatalogue } from "@flashgate/core";
import type { PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";
import { lockWaits } from "./lock-waits.ts";

/*
 * Interleavings that READ COMMITTED allows, each brought about by a lock of the test's own that stops one transaction
 * where it would otherwise be for a moment only.
 */
describe("interleavings", () => {
  let database: LedgerDatabase;
  let ledger: Ledger;
  beforeAll(async () => {
    database = await createLedgerDatabase();
    ledger = createLedger(database.pool);
  });
  afterAll(() => database.dispose());

  let serial = 0;
  const hold = (itemId: string, over: Partial<Hold> = {}): Hold => {
    const checkoutId = `01900000-0000-7000-8000-${String(++serial).padStart(12, "0")}`;
    const lines = [{ itemId, quantity: 1 }];
    const times = { sinceMs: 1_000, deadlineMs: 2_000 };
    return { checkoutId, userId: checkoutId, mode: "submitted", lines, key: "", fingerprint: "", ...times, ...over };
  };
  const tomb = ({ sinceMs, ...rest }: Hold): Tomb => {
    return { ...rest, epoch: 1, reservedAtMs: sinceMs, verdict: { state: "cancelled" } };
  };
  /** A sale of three items that is open under epoch 1; its window is over. */
  const openSale = async (survivors: readonly Hold[] = []): Promise<string> => {
    const saleId = `x-${++serial}`;
    const window = { opensAtMs: 500, closesAtMs: 5_000, settleUntilMs: 6_000 };
    await ledger.schedule({ id: saleId, ...window, limitPerUser: 3 }, generatedCatalogue(saleId, 3));
    await ledger.beginRecovery(saleId, 0);
    await ledger.adopt(saleId, 1, survivors);
    return saleId;
  };
  const states = async (saleId: string, ...holds: Hold[]) => {
    const records = await ledger.records(
      saleId,
      holds.map(({ checkoutId }) => checkoutId),
    );
    return records.map(({ status }) => status.state);
  };
  /** Locks rows until the returned function is called. */
  const lock = async (query: string, ...values: string[]): Promise<() => Promise<void>> => {
    const client: PoolClient = await database.pool.connect();
    await client.query("BEGIN");
    const { rowCount } = await client.query(`${query} FOR UPDATE`, values);
    expect(rowCount).toBe(1);
    return async () => {
      await client.query("COMMIT");
      client.release();
    };
  };
  const lockItem = (saleId: string) => lock("SELECT FROM flashgate.items WHERE sale_id = $1 AND id = 'i00001'", saleId);
  const lockSale = (saleId: string) => lock("SELECT FROM flashgate.sales WHERE id = $1", saleId);
  const lockCheckout = (saleId: string, { checkoutId }: Hold) =>
    lock("SELECT FROM flashgate.checkouts WHERE sale_id = $1 AND id = $2", saleId, checkoutId);
  const waiting = (count: number) => lockWaits(database.pool, count);
  const expectSoundBooks = async (saleId: string) => {
    const facts = await ledger.facts(saleId);
    expect(facts?.confirmedUnits).toBe(facts?.sale.itemsSold);
    expect(facts?.heldUnits).toBe(facts?.sale.itemsHeld);
    for (const item of facts?.items ?? []) {
      expect(item).toMatchObject({ sold: item.confirmedUnits, held: item.heldUnits });
    }
    for (const buyer of facts?.buyers ?? []) expect(buyer.units).toBe(buyer.confirmedUnits);
  };

  it("a page that a recovery overtakes is fenced off, and its holds are adopted", async () => {
    const saleId = await openSale();
    const page = [hold("i00001"), hold("i00002")];
    const release = await lockItem(saleId);
    const settled = ledger.settleAll(saleId, 1, page);
    await waiting(1);
    expect(await ledger.beginRecovery(saleId, 1)).toMatchObject({ kind: "begun", epoch: 2 });
    const adopted = ledger.adopt(saleId, 2, page);
    await waiting(2);
    await release();
    expect(await settled).toBe("contested");
    expect(await adopted).toMatchObject({ totals: { available: 1, held: 2, sold: 0 }, holds: page });
    expect(await states(saleId, ...page)).toEqual(["held", "held"]);
    await expectSoundBooks(saleId);
  });

  it("a page that reaches the sale before a recovery counts, and is not adopted", async () => {
    const saleId = await openSale();
    const page = [hold("i00001"), hold("i00002")];
    const release = await lockSale(saleId);
    const settled = ledger.settleAll(saleId, 1, page);
    await waiting(1);
    const begun = ledger.beginRecovery(saleId, 1);
    await waiting(2);
    await release();
    expect(await settled).toHaveLength(2);
    expect(await begun).toMatchObject({ kind: "begun", epoch: 2 });
    expect(await ledger.adopt(saleId, 2, page)).toMatchObject({
      totals: { available: 1, held: 0, sold: 2 },
      holds: [],
    });
    await expectSoundBooks(saleId);
  });

  it("one hold that a recovery overtakes is judged by what the sale is then", async () => {
    const saleId = await openSale();
    const late = hold("i00001");
    const release = await lockSale(saleId);
    const begun = ledger.beginRecovery(saleId, 1);
    await waiting(1);
    const settled = ledger.settleOne(saleId, 1, late);
    await waiting(2);
    await release();
    expect(await begun).toMatchObject({ kind: "begun" });
    expect(await settled).toEqual({ kind: "retry" });
    expect(await states(saleId, late)).toEqual([]);
    await expectSoundBooks(saleId);
  });

  it("a cancel that comes first wins over the page that waits for it", async () => {
    const adopted = hold("i00003");
    const saleId = await openSale([adopted]);
    const [wanted, other] = [hold("i00001"), hold("i00002")];
    const release = await lockCheckout(saleId, adopted);
    const buried = ledger.entomb(saleId, [tomb(wanted), tomb(adopted)], { kind: "none" });
    await waiting(1);
    const settled = ledger.settleAll(saleId, 1, [wanted, other]);
    await waiting(2);
    await release();
    expect(await buried).toHaveLength(2);
    expect(await settled).toBe("contested");
    expect(await ledger.settleOne(saleId, 1, wanted)).toMatchObject({ judged: { verdict: { state: "cancelled" } } });
    await expectSoundBooks(saleId);
  });

  it("a page that comes first wins over the cancel that waits for it", async () => {
    const saleId = await openSale();
    const [wanted, other] = [hold("i00001"), hold("i00002")];
    const release = await lockItem(saleId);
    const settled = ledger.settleAll(saleId, 1, [wanted]);
    await waiting(1);
    const buried = ledger.entomb(saleId, [tomb(wanted), tomb(other)], { kind: "none" });
    await waiting(2);
    await release();
    expect(await settled).toHaveLength(1);
    expect((await buried).map(({ verdict }) => verdict.state).sort()).toEqual(["cancelled", "confirmed"]);
    await expectSoundBooks(saleId);
  });

  it("an expiry that a recovery overtakes writes nothing", async () => {
    const saleId = await openSale();
    const [cart, sold] = [hold("i00001", { mode: "lapsed" }), hold("i00002")];
    await ledger.settleAll(saleId, 1, [sold]);
    const release = await lockSale(saleId);
    const begun = ledger.beginRecovery(saleId, 1);
    await waiting(1);
    const guard = { kind: "cart_deadline", claimEpoch: 1 } as const;
    const buried = ledger.entomb(saleId, [tomb(cart), tomb(sold)], guard);
    await waiting(2);
    await release();
    expect(await begun).toMatchObject({ kind: "begun" });
    expect(await buried).toMatchObject([{ checkoutId: sold.checkoutId, verdict: { state: "confirmed" } }]);
    expect(await states(saleId, cart)).toEqual([]);
    await expectSoundBooks(saleId);
  });

  it("a close that a recovery overtakes expires what was adopted meanwhile, too", async () => {
    const [early, late] = [hold("i00001"), hold("i00002")];
    const saleId = await openSale([early]);
    await ledger.beginRecovery(saleId, 1);
    const release = await lockCheckout(saleId, early);
    const closed = ledger.close(saleId);
    await waiting(1);
    expect(await ledger.adopt(saleId, 2, [late])).toMatchObject({ totals: { held: 2 } });
    await release();
    expect(await closed).toBe("closed");
    expect(await states(saleId, early, late)).toEqual(["expired", "expired"]);
    await expectSoundBooks(saleId);
  });

  it("what a close overtakes is not confirmed any more", async () => {
    const saleId = await openSale();
    const [paged, single] = [hold("i00001"), hold("i00002")];
    const release = await lockSale(saleId);
    const closed = ledger.close(saleId);
    await waiting(1);
    const page = ledger.settleAll(saleId, 1, [paged]);
    const one = ledger.settleOne(saleId, 1, single);
    await waiting(3);
    await release();
    expect(await closed).toBe("closed");
    expect(await page).toBe("contested");
    expect(await one).toMatchObject({ judged: { verdict: { state: "expired" } } });
    expect(await states(saleId, paged)).toEqual([]);
    await expectSoundBooks(saleId);
  });

  it("a recovery that a close overtakes adopts nothing", async () => {
    const saleId = await openSale();
    await ledger.beginRecovery(saleId, 1);
    const survivor = hold("i00001");
    const release = await lockItem(saleId);
    const adopted = ledger.adopt(saleId, 2, [survivor]);
    await waiting(1);
    expect(await ledger.close(saleId)).toBe("closed");
    await release();
    expect(await adopted).toBe("superseded");
    expect(await states(saleId, survivor)).toEqual([]);
    await expectSoundBooks(saleId);
  });

  it("the last unit goes to whoever locks it first, and the other is told so", async () => {
    const saleId = await openSale();
    const [first, second] = [hold("i00001"), hold("i00001")];
    const release = await lockSale(saleId);
    const winner = ledger.settleAll(saleId, 1, [first]);
    await waiting(1);
    const loser = ledger.settleOne(saleId, 1, second);
    await waiting(2);
    await release();
    expect(await winner).toHaveLength(1);
    expect(await loser).toMatchObject({ judged: { verdict: { state: "rejected", reason: "sold_out" } } });
    await expectSoundBooks(saleId);
  });
});
