import type { TelemetryEvent } from "@flashgate/core";
import { MemoryGate, MemoryLedger } from "@flashgate/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../src/config.ts";
import { createDuties } from "../src/duties.ts";
import { Retention } from "../src/retention.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 22, 10, 30);

let house: ReturnType<typeof openHouse>;
beforeEach(() => {
  house = openHouse();
});

/** A scheduler that keeps sales for two days, over memory. */
function openHouse() {
  const clock = { ms: START, nowMs: () => clock.ms };
  const ledger = new MemoryLedger(clock);
  const gate = new MemoryGate(clock);
  const queue = { submit: () => undefined, enqueue: async () => undefined };
  const events: TelemetryEvent[] = [];
  const telemetry = { emit: (event: TelemetryEvent) => void events.push(event) };
  const parts = { ledger, holds: gate, opening: gate, queue, clock, telemetry };
  const duties = createDuties(parts, { rotation: false });
  const hire = () => new Retention(parts, 2);
  const told = (kind: TelemetryEvent["kind"]) => events.filter((event) => event.kind === kind);
  /** A sale that opens in so many minutes, lasts one and settles for another. */
  const schedule = async (id: string, inMinutes: number) => {
    const opensAtMs = clock.ms + inMinutes * MINUTE;
    const plan = { id, opensAtMs, closesAtMs: opensAtMs + MINUTE, settleUntilMs: opensAtMs + 2 * MINUTE };
    const entry = { id: "a", name: "a", imageUrl: "/a", priceMinor: 1, stock: 1 };
    await ledger.schedule({ ...plan, limitPerUser: 1 }, [entry]);
  };
  /** One beat of everything else. */
  const beat = async () => {
    for (const duty of duties) await duty.runOnce();
  };
  const sales = async () => (await ledger.list({ limit: 99 })).map(({ id }) => id);
  return { clock, ledger, gate, schedule, beat, hire, told, sales };
}

/** Beats until the minute is over in which there is nothing to do. */
async function settleDown(retention: Retention): Promise<void> {
  for (let beats = 0; beats < 20; beats += 1) await retention.runOnce();
}

describe("retention", () => {
  it("removes whole sales once they were sealed for so long, the oldest first, and no other", async () => {
    await house.schedule("x-2", 1);
    await house.schedule("x-1", 0);
    await house.beat();
    house.clock.ms += MINUTE;
    await house.beat();
    house.clock.ms += 5 * MINUTE;
    await house.beat();
    await house.schedule("x-3", 0);
    await house.beat();
    const retention = house.hire();
    await settleDown(retention);
    expect(await house.sales()).toEqual(["x-3", "x-2", "x-1"]);

    house.clock.ms += 2 * DAY;
    await retention.runOnce();
    expect(house.told("sale_removal_begun")).toEqual([{ kind: "sale_removal_begun", saleId: "x-1" }]);
    await settleDown(retention);
    expect(await house.sales()).toEqual(["x-3"]);
    house.clock.ms += MINUTE;
    await settleDown(retention);
    expect(house.told("sale_removed").map((event) => "saleId" in event && event.saleId)).toEqual(["x-1", "x-2"]);
    // x-3 has not been sealed
    house.clock.ms += MINUTE;
    await house.beat();
    await settleDown(retention);
    expect(await house.sales()).toEqual(["x-3"]);
  });

  it("retires a gate that nobody retired before its sale is gone", async () => {
    await house.schedule("x-1", 0);
    await house.beat();
    house.clock.ms += 3 * MINUTE;
    await house.ledger.close("x-1");
    house.clock.ms += 2 * DAY;
    expect(await house.gate.isOpen("x-1", 1)).toBe(true);
    await settleDown(house.hire());
    expect(await house.gate.isOpen("x-1", 1)).toBe(false);
    expect(await house.sales()).toEqual([]);
  });

  it("begins nothing while Redis is away, says so, and looks again a minute later", async () => {
    await house.schedule("x-1", 0);
    await house.beat();
    house.clock.ms += 3 * MINUTE;
    await house.ledger.close("x-1");
    house.clock.ms += 2 * DAY;
    const { retire } = house.gate;
    house.gate.retire = () => Promise.reject(new Error("redis is away"));
    const retention = house.hire();
    await expect(retention.runOnce()).rejects.toThrow("redis is away");
    await settleDown(retention);
    expect(house.told("retention_ran")).toEqual([{ kind: "retention_ran", failed: true }]);
    expect(await house.sales()).toEqual(["x-1"]);
    house.gate.retire = retire;
    house.clock.ms += MINUTE;
    await settleDown(retention);
    expect(await house.sales()).toEqual([]);
  });

  it("begins nothing while a gate holds something, and says so", async () => {
    await house.schedule("x-1", 0);
    await house.beat();
    house.clock.ms += 3 * MINUTE;
    await house.ledger.close("x-1");
    house.clock.ms += 2 * DAY;
    house.gate.retire = async () => "holds_left";
    await expect(house.hire().runOnce()).rejects.toThrow('the gate of sale "x-1" still holds checkouts');
    expect(await house.sales()).toEqual(["x-1"]);
  });

  it("goes on where another scheduler died", async () => {
    await house.schedule("x-1", 0);
    await house.beat();
    house.clock.ms += 3 * MINUTE;
    await house.beat();
    house.clock.ms += 2 * DAY;
    await house.hire().runOnce();
    expect(house.told("sale_removed")).toEqual([]);
    const other = house.hire();
    await settleDown(other);
    house.clock.ms += MINUTE;
    await settleDown(other);
    expect(house.told("sale_removed")).toEqual([{ kind: "sale_removed", saleId: "x-1" }]);
    expect(await house.ledger.items("x-1")).toEqual([]);
  });
});

it("the scheduler's environment keeps every sale, unless it says for how many days", () => {
  const good = { DATABASE_URL: "postgres://x", REDIS_URL: "redis://x" };
  expect(readConfig(good).RETENTION_DAYS).toBeUndefined();
  expect(readConfig({ ...good, RETENTION_DAYS: "30" }).RETENTION_DAYS).toBe(30);
  for (const days of ["0", "-1", "1.5", "ten", "", "1d", "40000"]) {
    expect(() => readConfig({ ...good, RETENTION_DAYS: days }), days).toThrow("RETENTION_DAYS");
  }
});
