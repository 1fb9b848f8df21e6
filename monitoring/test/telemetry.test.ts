import type { TelemetryEvent } from "@flashgate/core";
import { createTelemetry, LogLines, type Service } from "@flashgate/monitoring";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { type Samples, scrape } from "./exposition.ts";
import { writtenLines } from "./written-lines.ts";

const saleId = "2026010112";

const clock = { ms: 1_000_000, nowMs: () => clock.ms };

/** What a service exports and logs after these events. */
async function after(service: Service, ...events: readonly TelemetryEvent[]) {
  const registry = new Registry();
  const { logger, records } = writtenLines("debug");
  const telemetry = createTelemetry({ service, registry, lines: new LogLines(logger), clock });
  for (const event of events) telemetry.emit(event);
  return { samples: await scrape(registry), records: records() };
}

/** The samples of one metric that are not zero. */
function counted(samples: Samples, metric: string): Record<string, number> {
  return Object.fromEntries([...samples].filter(([key, value]) => key.startsWith(metric) && value !== 0));
}

const page = (
  verdicts: Extract<TelemetryEvent, { kind: "page_settled" }>["verdicts"],
  contested = false,
): TelemetryEvent => ({
  kind: "page_settled",
  saleId,
  epoch: 1,
  checkouts: verdicts.length,
  held: verdicts.length,
  contested,
  verdicts,
});

describe("attempts", () => {
  it("are counted by outcome and timed, without a line", async () => {
    const { samples, records } = await after(
      "api",
      { kind: "attempt", saleId: "x-1", outcome: "held", gateMs: 2 },
      { kind: "attempt", saleId: "x-1", outcome: "held", gateMs: 40 },
      { kind: "attempt", saleId: "x-1", outcome: "sold_out", gateMs: 1 },
    );
    expect(counted(samples, "checkout_attempts_total")).toEqual({
      'checkout_attempts_total{outcome="held"}': 2,
      'checkout_attempts_total{outcome="sold_out"}': 1,
    });
    expect(samples.get('flashgate_gate_duration_seconds_bucket{le="0.001"}')).toBe(1);
    expect(samples.get('flashgate_gate_duration_seconds_bucket{le="0.05"}')).toBe(3);
    expect(samples.get("flashgate_gate_duration_seconds_sum")).toBeCloseTo(0.043);
    expect(records).toEqual([]);
  });

  it("have a series for every outcome before anything happened", async () => {
    const { samples } = await after("api");
    const outcomes = [...samples].filter(([key]) => key.startsWith("checkout_attempts_total"));
    expect(outcomes).toHaveLength(13);
    expect(outcomes.every(([, value]) => value === 0)).toBe(true);
  });

  it("never lower a sum when the clock steps back", async () => {
    const { samples } = await after("api", { kind: "attempt", saleId: "x-1", outcome: "held", gateMs: -5_000 });
    expect(samples.get("flashgate_gate_duration_seconds_sum")).toBe(0);
    expect(samples.get("flashgate_gate_duration_seconds_count")).toBe(1);
  });
});

describe("a settled page", () => {
  it("counts its verdicts by what became of them, without a line", async () => {
    const { samples, records } = await after(
      "worker",
      page([
        { state: "confirmed", lagMs: 4 },
        { state: "confirmed", lagMs: 30_000 },
        { state: "rejected", reason: "user_limit", lagMs: 8 },
        { state: "rejected", reason: "sold_out", lagMs: 8 },
        { state: "cancelled", lagMs: 8 },
      ]),
      page([{ state: "confirmed", lagMs: 4 }], true),
    );
    expect(samples.get("purchase_success_total")).toBe(3);
    expect(counted(samples, "purchase_failure_total")).toEqual({
      'purchase_failure_total{reason="user_limit"}': 1,
      'purchase_failure_total{reason="sold_out"}': 1,
      'purchase_failure_total{reason="cancelled"}': 1,
    });
    expect(samples.get('flashgate_settlement_lag_seconds_bucket{le="0.01"}')).toBe(5);
    expect(samples.get('flashgate_settlement_lag_seconds_bucket{le="10"}')).toBe(5);
    expect(samples.get('flashgate_settlement_lag_seconds_bucket{le="30"}')).toBe(6);
    expect(samples.get('flashgate_page_size_bucket{le="1"}')).toBe(1);
    expect(samples.get("flashgate_page_size_sum")).toBe(6);
    expect(samples.get("flashgate_contested_pages_total")).toBe(1);
    expect(records).toEqual([]);
  });

  it("exports every reason as zero before the first failure", async () => {
    const { samples } = await after("worker", page([]));
    expect(samples.get("purchase_success_total")).toBe(0);
    expect(samples.get('purchase_failure_total{reason="gate_lost"}')).toBe(0);
    expect(samples.get('purchase_failure_total{reason="expired"}')).toBe(0);
  });
});

it("a poisoned checkout is counted and logged as an error with its cause", async () => {
  const error = new Error("value out of range");
  const { samples, records } = await after("worker", { kind: "checkout_poisoned", saleId, checkoutId: "c1", error });
  expect(samples.get("flashgate_poisoned_checkouts_total")).toBe(1);
  expect(records).toMatchObject([
    { level: "error", sale_id: saleId, checkout_id: "c1", err: { message: "value out of range" } },
  ]);
});

it("a dead letter is one line that says which, why, and after how many tries", async () => {
  const { records } = await after("worker", {
    kind: "dead_letter",
    saleId,
    checkoutId: "c1",
    tries: 5,
    cause: "23514: no",
  });
  expect(records).toMatchObject([
    { level: "error", sale_id: saleId, checkout_id: "c1", tries: 5, cause: "23514: no", msg: expect.any(String) },
  ]);
});

it("a hold that cannot be read is counted and logged as an error", async () => {
  const { samples, records } = await after("scheduler", { kind: "hold_unreadable", saleId, checkoutId: "c1" });
  expect(samples.get("flashgate_unreadable_holds_total")).toBe(1);
  expect(records).toMatchObject([{ level: "error", sale_id: saleId, checkout_id: "c1" }]);
});

it("an opened gate is counted, timed and logged", async () => {
  const { samples, records } = await after(
    "scheduler",
    { kind: "gate_opened", saleId, epoch: 1, adopted: 0, tookMs: 20 },
    { kind: "gate_opened", saleId, epoch: 2, adopted: 150, tookMs: 700 },
  );
  expect(samples.get("flashgate_recoveries_total")).toBe(2);
  expect(samples.get('flashgate_recovery_duration_seconds_bucket{le="0.5"}')).toBe(1);
  expect(records).toMatchObject([
    { level: "info", msg: "gate opened", epoch: 1 },
    { level: "info", msg: "gate opened", sale_id: saleId, epoch: 2, adopted: 150, duration_ms: 700 },
  ]);
});

it("a sweep is counted by action, and logged only where it did something", async () => {
  const { samples, records } = await after(
    "scheduler",
    { kind: "swept", saleId, finalised: 0, paged: 0, expired: 0 },
    { kind: "swept", saleId, finalised: 1, paged: 20, expired: 3 },
  );
  expect(counted(samples, "flashgate_swept_holds_total")).toEqual({
    'flashgate_swept_holds_total{action="finalised"}': 1,
    'flashgate_swept_holds_total{action="paged"}': 20,
    'flashgate_swept_holds_total{action="expired"}': 3,
  });
  expect(records).toMatchObject([{ msg: "holds swept", sale_id: saleId, finalised: 1, paged: 20, expired: 3 }]);
});

it("the life of a sale is logged", async () => {
  const { records } = await after(
    "scheduler",
    { kind: "sale_scheduled", saleId },
    { kind: "sale_closed", saleId },
    { kind: "gate_retired", saleId },
  );
  expect(records).toMatchObject([
    { level: "info", msg: "sale scheduled", sale_id: saleId },
    { level: "info", msg: "sale closed", sale_id: saleId },
    { level: "debug", msg: "gate retired", sale_id: saleId },
  ]);
});

it("the end of a sale is counted and logged, and when somebody looked for one", async () => {
  const never = await after("scheduler");
  expect(never.samples.get("flashgate_removed_sales_total")).toBe(0);
  expect(never.samples.has("flashgate_retention_last_run_timestamp_seconds")).toBe(false);
  const { samples, records } = await after(
    "scheduler",
    { kind: "sale_removal_begun", saleId },
    { kind: "rows_removed", rows: 2_000 },
    { kind: "rows_removed", rows: 17 },
    { kind: "sale_removed", saleId },
    { kind: "retention_ran", failed: false },
    { kind: "retention_ran", failed: true },
  );
  expect(samples.get("flashgate_removed_rows_total")).toBe(2_017);
  expect(samples.get("flashgate_removed_sales_total")).toBe(1);
  expect(samples.get("flashgate_retention_failures_total")).toBe(1);
  expect(samples.get("flashgate_retention_last_run_timestamp_seconds")).toBeGreaterThan(0);
  expect(records).toMatchObject([
    { level: "info", sale_id: saleId, msg: expect.stringContaining("past its retention") },
    { level: "info", sale_id: saleId, msg: "sale removed" },
  ]);
});

describe("verdicts given outside a page", () => {
  it("count as the failures that they are", async () => {
    const cancelled = await after("api", { kind: "checkout_cancelled" }, { kind: "checkout_cancelled" });
    expect(counted(cancelled.samples, "purchase_failure_total")).toEqual({
      'purchase_failure_total{reason="cancelled"}': 2,
    });
    const expired = await after("scheduler", { kind: "swept", saleId, finalised: 5, paged: 1, expired: 3 });
    expect(counted(expired.samples, "purchase_failure_total")).toEqual({
      'purchase_failure_total{reason="expired"}': 3,
    });
  });
});

describe("each service", () => {
  const namesOf = async (service: Service) => {
    const { samples } = await after(service);
    return new Set([...samples.keys()].map((key) => key.replace(/(?:_bucket|_sum|_count)?(?:\{.*)?$/, "")));
  };

  it("exports what belongs to it, before anything happens, and nothing else", async () => {
    expect([...(await namesOf("api"))].sort()).toEqual([
      "checkout_attempts_total",
      "flashgate_gate_duration_seconds",
      "flashgate_unreadable_holds_total",
      "purchase_failure_total",
    ]);
    expect([...(await namesOf("worker"))].sort()).toEqual([
      "flashgate_contested_pages_total",
      "flashgate_page_size",
      "flashgate_poisoned_checkouts_total",
      "flashgate_settlement_lag_seconds",
      "flashgate_unreadable_holds_total",
      "purchase_failure_total",
      "purchase_success_total",
    ]);
    expect([...(await namesOf("scheduler"))].sort()).toEqual([
      "flashgate_observation_age_seconds",
      "flashgate_recoveries_total",
      "flashgate_recovery_duration_seconds",
      "flashgate_removed_rows_total",
      "flashgate_removed_sales_total",
      "flashgate_retention_failures_total",
      "flashgate_swept_holds_total",
      "flashgate_unreadable_holds_total",
      "purchase_failure_total",
    ]);
  });

  it("counts what it did all the same where another does it as a rule", async () => {
    const { samples } = await after("api", { kind: "swept", saleId, finalised: 1, paged: 0, expired: 0 });
    expect(samples.get('flashgate_swept_holds_total{action="finalised"}')).toBe(1);
  });
});
