import { generatedCatalogue, type Hold, type Ledger } from "@flashgate/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";
import { tombOf } from "./ledger-moves.ts";

describe("a hold that the database cannot take", () => {
  let database: LedgerDatabase;
  let ledger: Ledger;
  beforeAll(async () => {
    database = await createLedgerDatabase();
    ledger = createLedger(database.pool);
  });
  afterAll(() => database.dispose());

  const openSale = async (saleId: string) => {
    const window = { opensAtMs: 500, closesAtMs: 5_000, settleUntilMs: 6_000 };
    await ledger.schedule({ id: saleId, ...window, limitPerUser: 3 }, generatedCatalogue(saleId, 9));
    await ledger.beginRecovery(saleId, 0);
    await ledger.adopt(saleId, 1, []);
  };
  const hold = (serial: number, over: Partial<Hold> = {}): Hold => ({
    checkoutId: `01900000-0000-7000-8000-00000000000${serial}`,
    userId: `u${serial}`,
    mode: "submitted",
    lines: [{ itemId: `i0000${serial}`, quantity: 1 }],
    key: "",
    fingerprint: "",
    sinceMs: 1_000,
    deadlineMs: 2_000,
    ...over,
  });

  it("fails alone", async () => {
    await openSale("x-1");
    const [good, bad] = [hold(1), hold(2, { checkoutId: "not a uuid" })];
    expect(await ledger.settleAll("x-1", 1, [good, bad])).toBe("contested");
    expect(await ledger.settleOne("x-1", 1, good)).toMatchObject({ judged: { verdict: { state: "confirmed" } } });
    await expect(ledger.settleOne("x-1", 1, bad)).rejects.toThrow();
    expect(await ledger.find("x-1")).toMatchObject({ itemsSold: 1, itemsHeld: 0 });
  });

  const good = [hold(1), hold(3), hold(4), hold(6), hold(7)];
  const bad = [
    hold(2, { checkoutId: "not a uuid" }),
    hold(5, { userId: "nul\0" }),
    hold(8, { lines: [{ itemId: "i00008", quantity: 2 ** 31 }] }),
  ];

  it("keeps no recovery from the others", async () => {
    await openSale("x-2");
    await ledger.beginRecovery("x-2", 1);
    const snapshot = await ledger.adopt("x-2", 2, [...good, ...bad]);
    expect(snapshot).toMatchObject({ totals: { available: 4, held: 5, sold: 0 }, holds: good });
    expect(await ledger.find("x-2")).toMatchObject({ state: "open", openEpoch: 2, itemsHeld: 5 });
  });

  it("keeps no sweep from the others, in whatever company it is looked up and buried", async () => {
    await openSale("x-3");
    const all = [...good, ...bad];
    const idsOf = (list: readonly Pick<Hold, "checkoutId">[]) => list.map(({ checkoutId }) => checkoutId).sort();
    const tombs = all.map((each) => tombOf(each, 1, { state: "expired" }));
    const buried = await ledger.entomb("x-3", tombs, { kind: "settle_until" });
    expect(idsOf(buried)).toEqual(idsOf(good));
    expect(idsOf(await ledger.records("x-3", idsOf(all)))).toEqual(idsOf(good));
    for (const each of bad) {
      expect(await ledger.entomb("x-3", [tombOf(each, 1, { state: "expired" })], { kind: "none" })).toEqual([]);
    }
  });
});
