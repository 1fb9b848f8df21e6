import { causeOf, generatedCatalogue, type Hold, type Ledger, TRIES_MAX } from "@flashgate/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger, createPool } from "../src/index.ts";
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
    expect(await ledger.settleOne("x-1", 1, bad)).toMatchObject({ kind: "failed", error: expect.any(Error) });
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

  it("is a dead letter all the same", async () => {
    await openSale("x-4");
    const [first, second] = bad as [Hold, Hold];
    for (const each of [first, second]) {
      for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
        const failure = { saleId: "x-4", epoch: 1, hold: each, cause: "not\0 storable" };
        expect(await ledger.recordFailure(failure)).toEqual({ tries, dead: tries === TRIES_MAX });
      }
    }
    const ids = [first.checkoutId, "nul\0", second.checkoutId];
    expect(await ledger.deadAmong("x-4", ids)).toEqual([first.checkoutId, second.checkoutId]);
    expect(await ledger.deadLetters({ saleId: "x-4", limit: 9 })).toMatchObject([
      { checkoutId: second.checkoutId, userId: "nul\u{fffd}", cause: "not\u{fffd} storable" },
      { checkoutId: first.checkoutId, userId: first.userId },
    ]);
    expect(await ledger.failureOf("not a uuid")).toMatchObject({ saleId: "x-4", tries: TRIES_MAX });
    expect(await ledger.failureOf("nul\0")).toBeNull();
  });

  /** From now on a user's checkouts cannot be confirmed, by an error of that SQLSTATE. */
  const plant = (userId: string, state: string) =>
    database.pool.query(`
      CREATE OR REPLACE FUNCTION fail_on_purpose() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'not today' USING ERRCODE = TG_ARGV[0]; END $$;
      CREATE OR REPLACE TRIGGER fault BEFORE INSERT OR UPDATE ON flashgate.checkouts FOR EACH ROW
        WHEN (NEW.user_id = '${userId}' AND NEW.state = 'confirmed') EXECUTE FUNCTION fail_on_purpose('${state}')`);

  it.each(["P0001", "23514", "42883", "XX000", "2F003"])("fails alone by an error %s", async (state) => {
    const saleId = `x-${state}`;
    await openSale(saleId);
    const [fine, faulty] = [hold(1), hold(2)];
    await plant(faulty.userId, state);
    try {
      expect(await ledger.settleAll(saleId, 1, [fine, faulty])).toBe("contested");
      expect(await ledger.settleOne(saleId, 1, fine)).toMatchObject({ judged: { verdict: { state: "confirmed" } } });
      const reply = await ledger.settleOne(saleId, 1, faulty);
      expect(reply.kind === "failed" && causeOf(reply.error)).toBe(`${state}: not today`);
      expect(await ledger.find(saleId)).toMatchObject({ itemsSold: 1, itemsHeld: 0 });
      // Only the sale is kept from it: it lives on through a recovery, and can be given up.
      await ledger.beginRecovery(saleId, 1);
      expect(await ledger.adopt(saleId, 2, [faulty])).toMatchObject({ holds: [faulty], totals: { held: 1, sold: 1 } });
      expect(await ledger.settleOne(saleId, 2, faulty)).toMatchObject({ kind: "failed" });
      const [given] = await ledger.entomb(saleId, [tombOf(faulty, 2, { state: "cancelled" })], { kind: "none" });
      expect(given).toMatchObject({ verdict: { state: "cancelled" } });
      expect(await ledger.find(saleId)).toMatchObject({ itemsSold: 1, itemsHeld: 0 });
    } finally {
      await database.pool.query("DROP TRIGGER fault ON flashgate.checkouts");
    }
  });

  it.each(["40001", "53100", "55P03", "57014", "25006"])(
    "is none by an error %s: it cannot just now",
    async (state) => {
      const saleId = `x-${state}`;
      await openSale(saleId);
      const held = hold(1);
      await plant(held.userId, state);
      try {
        await expect(ledger.settleAll(saleId, 1, [held])).rejects.toThrow();
        await expect(ledger.settleOne(saleId, 1, held)).rejects.toThrow();
      } finally {
        await database.pool.query("DROP TRIGGER fault ON flashgate.checkouts");
      }
      expect(await ledger.settleAll(saleId, 1, [held])).toMatchObject([{ verdict: { state: "confirmed" } }]);
    },
  );

  it("is none where the connection is lost on the way, or cannot be had", async () => {
    await openSale("x-away");
    await database.pool.query(`
      CREATE FUNCTION end_the_connection() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
      CREATE TRIGGER fault BEFORE INSERT ON flashgate.checkouts FOR EACH ROW EXECUTE FUNCTION end_the_connection()`);
    const pool = createPool({ url: database.url, max: 1, applicationName: "flashgate-lost", onError: () => undefined });
    const away = createLedger(pool);
    const held = hold(1);
    try {
      await expect(away.settleAll("x-away", 1, [held])).rejects.toThrow();
      await expect(away.settleOne("x-away", 1, held)).rejects.toThrow();
    } finally {
      await database.pool.query("DROP TRIGGER fault ON flashgate.checkouts");
      await pool.end();
    }
    await expect(away.settleOne("x-away", 1, held)).rejects.toThrow();
    expect(await ledger.settleAll("x-away", 1, [held])).toMatchObject([{ verdict: { state: "confirmed" } }]);
  });
});
