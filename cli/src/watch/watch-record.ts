import type { WatchReading } from "@flashgate/core";
import type { OpsReading } from "./ops-ports.ts";

/** One look at a sale, with what its processes tell. */
export type SaleReading = WatchReading<OpsReading>;

/** A reading for machines: one JSON object, in the words of the HTTP API. What could not be seen is null. */
export function watchJson(reading: SaleReading): object {
  const { atMs, sale, phase, totals, soldPerS, gate, progress, queue, ops, faults } = reading;
  return {
    at: timeOf(atMs),
    sale_id: sale.id,
    phase,
    opens_at: timeOf(sale.opensAtMs),
    closes_at: timeOf(sale.closesAtMs),
    units: { total: sale.totalItems, ...totals },
    sold_per_second: soldPerS === null ? null : rounded(soldPerS),
    gate: { state: gate, epoch: sale.epoch },
    attempts: ops?.attempts ?? null,
    checkouts: progress?.checkouts ?? null,
    lag_ms: progress?.lagMs ?? null,
    queue: queue && {
      waiting: queue.waiting,
      active: queue.active,
      delayed: queue.delayed,
      failed: queue.failed,
      oldest_job_age_ms: ageMs(queue.oldestAtMs, atMs),
    },
    instances: ops?.instances ?? null,
    faults,
  };
}

/** A reading as one plain line of `name=value`, for logs and pipes. What could not be seen is left out. */
export function watchLine(reading: SaleReading): string {
  const { atMs, sale, phase, totals, soldPerS, gate, progress, queue, ops, faults } = reading;
  const { lagMs = null, checkouts = {} } = progress ?? {};
  const oldestMs = queue && ageMs(queue.oldestAtMs, atMs);
  const fields: readonly (readonly [string, string | number | null | undefined])[] = [
    ["sold", totals.sold],
    ["held", totals.held],
    ["available", totals.available],
    ["sold_per_second", soldPerS === null ? null : rounded(soldPerS)],
    ["gate", gate],
    ["epoch", sale.epoch],
    ["attempts", ops?.attempts && sum(ops.attempts)],
    ["settled", progress && settled(checkouts)],
    ...Object.entries(checkouts),
    ["lag_p50_ms", lagMs?.p50],
    ["lag_p99_ms", lagMs?.p99],
    ["jobs_waiting", queue?.waiting],
    ["jobs_active", queue?.active],
    ["jobs_delayed", queue?.delayed],
    ["jobs_failed", queue?.failed],
    ["oldest_job_ms", oldestMs],
    ["instances", ops && instancesText(ops)],
    ["faults", faults.length > 0 ? JSON.stringify(faults.join("; ")) : null],
  ];
  const told = fields.flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name}=${value}`]));
  return [timeOf(atMs), sale.id, phase, ...told].join(" ");
}

/** Checkouts that have a verdict. */
export function settled(checkouts: Readonly<Record<string, number>>): number {
  return sum(checkouts) - (checkouts["held"] ?? 0);
}

/** Of counts by name. */
export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** How old what happened at `sinceMs` is; never below zero, for it was another clock that said so. */
export function ageMs(sinceMs: number | null, nowMs: number): number | null {
  return sinceMs === null ? null : Math.max(0, nowMs - sinceMs);
}

function instancesText({ instances }: OpsReading): string {
  return Object.entries(instances)
    .map(([service, { known, answering }]) => `${service}:${answering}/${known}`)
    .join(",");
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

function rounded(number: number): number {
  return Math.round(number * 10) / 10;
}
