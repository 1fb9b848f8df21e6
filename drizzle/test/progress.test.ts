import type { Hold } from "@flashgate/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger, createPool, createProgressLedger } from "../src/index.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";

const HOUR_MS = 3_600_000;

describe("the progress of a sale", () => {
  let database: LedgerDatabase;
  beforeAll(async () => {
    database = await createLedgerDatabase();
  });
  afterAll(() => database.dispose());

  const nowMs = async () => {
    const { rows } = await database.pool.query<{ now: Date }>("SELECT now()::timestamptz(3) AS now");
    return rows[0]?.now.getTime() ?? Number.NaN;
  };

  it("tells every checkout by state, and how long the last ones took", async () => {
    const ledger = createLedger(database.pool);
    const { progress } = createProgressLedger(database.pool);
    const saleId = "x-progress";
    const now = await nowMs();
    const window = { opensAtMs: now - HOUR_MS, closesAtMs: now + HOUR_MS, settleUntilMs: now + 2 * HOUR_MS };
    const item = { id: "a", name: "A", imageUrl: "/a.svg", priceMinor: 1, stock: 3 };
    await ledger.schedule({ id: saleId, ...window, limitPerUser: 2 }, [item]);
    expect(await progress(saleId)).toEqual({ checkouts: {}, lagMs: null });
    expect(await progress("x-none")).toEqual({ checkouts: {}, lagMs: null });

    await ledger.beginRecovery(saleId, 0);
    let serial = 0;
    const hold = (over: Partial<Hold> = {}): Hold => ({
      checkoutId: `01900000-0000-7000-8000-00000000000${++serial}`,
      userId: `u${serial}`,
      mode: "submitted",
      lines: [{ itemId: "a", quantity: 1 }],
      key: "",
      fingerprint: "",
      sinceMs: now - 700,
      deadlineMs: window.settleUntilMs,
      ...over,
    });
    await ledger.adopt(saleId, 1, [hold({ mode: "cart" })]);
    const [first, second] = [hold(), hold({ sinceMs: now - 90_000 })];
    await ledger.settleAll(saleId, 1, [first, second]);
    await ledger.settleOne(saleId, 1, hold());

    const told = await progress(saleId);
    expect(told.checkouts).toEqual({ held: 1, confirmed: 2, "rejected:sold_out": 1 });
    expect(told.checkouts).toEqual((await ledger.facts(saleId))?.verdicts);
    const tookMs = (await nowMs()) - now;
    expect(told.lagMs?.p50).toBeGreaterThanOrEqual(700);
    expect(told.lagMs?.p50).toBeLessThanOrEqual(700 + tookMs);
    expect(told.lagMs?.p99).toBeGreaterThanOrEqual(90_000);

    const history = await createProgressLedger(database.pool).history(saleId);
    expect(history.reduce((units, second) => units + second.units, 0)).toBe(2);
    for (const { atMs, lagMs } of history) {
      expect(atMs % 1_000).toBe(0);
      expect(Math.abs(atMs - now)).toBeLessThan(60_000);
      expect(lagMs.p50).toBeGreaterThanOrEqual(700);
    }
    expect(Math.max(...history.map(({ lagMs }) => lagMs.p99))).toBeGreaterThanOrEqual(90_000);

    await database.pool.query("UPDATE flashgate.checkouts SET decided_at = decided_at - interval '11 seconds'");
    expect((await progress(saleId)).lagMs).toBeNull();

    await database.pool.query("UPDATE flashgate.checkouts SET decided_at = decided_at - interval '300 seconds'");
    expect(await createProgressLedger(database.pool).history(saleId)).toEqual([]);
  });

  it("counts the processes by their connections, however many each has", async () => {
    const open = (applicationName: string) =>
      createPool({ url: database.url, max: 2, applicationName, onError: () => undefined });
    const { processes } = createProgressLedger(database.pool);
    expect(await processes()).toEqual({});
    const pools = ["flashgate-api", "flashgate-worker", "flashgate-cli"].map(open);
    await Promise.all(pools.flatMap((pool) => [pool.query("SELECT 1"), pool.query("SELECT 1")]));
    expect(await processes()).toEqual({ api: 1, worker: 1 });
    await Promise.all(pools.map((pool) => pool.end()));
  });
});
