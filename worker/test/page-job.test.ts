import { generatedCatalogue, recoverGate, reserveCheckout } from "@flashgate/core";
import { MemoryGate, MemoryLedger } from "@flashgate/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../src/config.ts";
import { runPageJob } from "../src/page-job.ts";

const clock = { nowMs: () => 1_000_000 };
const telemetry = { emit: () => undefined };
const queue = { submit: () => undefined, enqueue: async () => undefined };

let ledger: MemoryLedger;
let gate: MemoryGate;

beforeEach(async () => {
  ledger = new MemoryLedger(clock);
  gate = new MemoryGate(clock);
  const plan = { id: "x-1", opensAtMs: 0, closesAtMs: 2_000_000, settleUntilMs: 3_000_000, limitPerUser: 1 };
  await ledger.schedule(plan, generatedCatalogue("x-1", 2));
  await recoverGate({ ledger, opening: gate, clock, telemetry }, "x-1", 0);
  const ids = { checkoutId: () => "c1", saleId: () => "x-2" };
  const demand = { lines: [], any: 1 };
  const command = { saleId: "x-1", userId: "u", mode: "submitted", demand, key: "", fingerprint: "" } as const;
  await reserveCheckout({ admission: gate, queue, ids, clock, telemetry }, command);
});

const page = { saleId: "x-1", epoch: 1, checkoutIds: ["c1"] };

describe("a page job", () => {
  it("is done when its page is settled, and when there is nothing left of it", async () => {
    const parts = { ledger, holds: gate, clock, telemetry };
    expect([await runPageJob(parts, page), await runPageJob(parts, page)]).toEqual(["done", "done"]);
    expect((await ledger.find("x-1"))?.itemsSold).toBe(1);
  });

  it("is delivered again while the gate is being recovered", async () => {
    await ledger.beginRecovery("x-1", 1);
    expect(await runPageJob({ ledger, holds: gate, clock, telemetry }, page)).toBe("retry");
  });

  it("is done with a poisoned checkout: its hold is the sweep's", async () => {
    const poison = {
      settleAll: async () => "contested" as const,
      settleOne: async () => ({ kind: "failed", error: new Error("poison") }) as const,
      recordFailure: ledger.recordFailure.bind(ledger),
      entomb: ledger.entomb.bind(ledger),
      records: ledger.records.bind(ledger),
      status: ledger.status.bind(ledger),
    };
    expect(await runPageJob({ ledger: poison, holds: gate, clock, telemetry }, page)).toBe("done");
    expect((await gate.totals("x-1"))?.totals).toEqual({ available: 1, held: 1, sold: 0 });
  });

  it("fails, to be delivered again, when the ledger is away", async () => {
    const away = Object.assign(Object.create(ledger), {
      settleAll: () => Promise.reject(new Error("postgres is away")),
    });
    await expect(runPageJob({ ledger: away, holds: gate, clock, telemetry }, page)).rejects.toThrow("postgres is away");
  });
});

describe("the worker's environment", () => {
  const good = { DATABASE_URL: "postgres://x", REDIS_URL: "redis://x" };

  it("has defaults within the connection budget", () => {
    expect(readConfig(good)).toMatchObject({ DATABASE_POOL: 6, PAGE_CONCURRENCY: 4, OPS_PORT: 0 });
  });

  it("names every fault at once", () => {
    const faults = () => readConfig({ PAGE_CONCURRENCY: "0", DATABASE_POOL: "x", LOG_LEVEL: "loud" });
    for (const name of ["DATABASE_URL", "REDIS_URL", "PAGE_CONCURRENCY", "DATABASE_POOL", "LOG_LEVEL"])
      expect(faults).toThrow(name);
  });

  it("refuses more pages at once than it has connections for", () => {
    expect(() => readConfig({ ...good, PAGE_CONCURRENCY: "8", DATABASE_POOL: "4" })).toThrow("PAGE_CONCURRENCY");
  });
});
