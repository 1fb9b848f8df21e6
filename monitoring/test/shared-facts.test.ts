import { createTelemetry, LogLines } from "@flashgate/monitoring";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { scrape } from "./exposition.ts";
import { writtenLines } from "./written-lines.ts";

/** A scheduler's telemetry, and what of its shared facts is exported. */
function openFacts() {
  const clock = { ms: 1_000_000, nowMs: () => clock.ms };
  const registry = new Registry();
  const lines = new LogLines(writtenLines().logger);
  const { emit } = createTelemetry({ service: "scheduler", registry, lines, clock });
  const exported = async (prefix: string) =>
    Object.fromEntries([...(await scrape(registry))].filter(([key]) => key.startsWith(prefix)));
  return { clock, emit, exported };
}

const gates = { open: true, epoch: 3, totals: { available: 7, held: 2, sold: 1 } };
const depth = { waiting: 4, active: 1, delayed: 2, failed: 0, paused: false, oldestAtMs: 995_000 };

describe("gates", () => {
  it("are exported as seen, by state", async () => {
    const { emit, exported } = openFacts();
    emit({ kind: "gates_observed", gates, rotationDelayMs: 6_500 });
    expect(await exported("flashgate_stock_items")).toEqual({
      'flashgate_stock_items{state="available"}': 7,
      'flashgate_stock_items{state="held"}': 2,
      'flashgate_stock_items{state="sold"}': 1,
    });
    expect(await exported("flashgate_gate")).toEqual({ flashgate_gate_open: 1, flashgate_gate_epoch: 3 });
    expect(await exported("flashgate_sale_rotation")).toEqual({ flashgate_sale_rotation_delay_seconds: 6.5 });
  });

  it("that cannot be asked are shut, and their stock is not known", async () => {
    const { clock, emit, exported } = openFacts();
    emit({ kind: "gates_observed", gates, rotationDelayMs: 0 });
    clock.ms += 5_000;
    emit({ kind: "gates_observed", gates: { ...gates, open: false, totals: null }, rotationDelayMs: 0 });
    expect(await exported("flashgate_stock_items")).toEqual({});
    expect(await exported("flashgate_gate_open")).toEqual({ flashgate_gate_open: 0 });
    const ages = await exported("flashgate_observation_age");
    expect(ages['flashgate_observation_age_seconds{of="gates"}']).toBe(5);
  });
});

describe("the queue", () => {
  it("is exported by state, with the age of its oldest job", async () => {
    const { emit, exported } = openFacts();
    emit({ kind: "queue_observed", depth });
    expect(await exported("flashgate_queue")).toEqual({
      'flashgate_queue_jobs{state="waiting"}': 4,
      'flashgate_queue_jobs{state="active"}': 1,
      'flashgate_queue_jobs{state="delayed"}': 2,
      'flashgate_queue_jobs{state="failed"}': 0,
      flashgate_queue_oldest_job_age_seconds: 5,
    });
    emit({ kind: "queue_observed", depth: { ...depth, oldestAtMs: null } });
    expect((await exported("flashgate_queue_oldest"))["flashgate_queue_oldest_job_age_seconds"]).toBe(0);
  });

  it("is not known while it cannot be asked", async () => {
    const { clock, emit, exported } = openFacts();
    emit({ kind: "queue_observed", depth });
    clock.ms += 2_000;
    emit({ kind: "queue_observed", depth: null });
    expect(await exported("flashgate_queue")).toEqual({});
    expect((await exported("flashgate_observation_age"))['flashgate_observation_age_seconds{of="queue"}']).toBe(2);
  });
});

describe("the books", () => {
  it("are exported as read, and kept until they are read again", async () => {
    const { clock, emit, exported } = openFacts();
    expect(await exported("flashgate_oversold")).toEqual({});
    emit({ kind: "books_observed", books: { oversoldUnits: 2, drifts: 1, oldestHoldMs: 990_000 } });
    clock.ms += 60_000;
    expect(await exported("flashgate_o")).toMatchObject({
      flashgate_oversold_items: 2,
      flashgate_oldest_hold_age_seconds: 10,
      'flashgate_observation_age_seconds{of="books"}': 60,
    });
    expect(await exported("flashgate_drift")).toEqual({ flashgate_drift_items: 1 });
    emit({ kind: "books_observed", books: { oversoldUnits: 0, drifts: 0, oldestHoldMs: null } });
    expect(await exported("flashgate_o")).toMatchObject({
      flashgate_oversold_items: 0,
      flashgate_oldest_hold_age_seconds: 0,
    });
  });
});
