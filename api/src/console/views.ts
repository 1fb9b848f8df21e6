import type { DeadLetter } from "@flashgate/core";
import type { z } from "zod";
import { letterView, reportView, saleView } from "../admin/views.ts";
import type * as bodies from "../openapi/bodies/console.ts";
import { shownReason } from "../queue-board/shown-job.ts";
import type { Audited, ConsoleReading, WatchedSale } from "./console-desk.ts";
import type { CrowdReading } from "./demo-crowd.ts";

type ConsoleBody = z.infer<typeof bodies.consoleReading>;

/** Violations told of an audit that found many. */
const VIOLATIONS_MAX = 20;

export function consoleView(reading: ConsoleReading): ConsoleBody {
  const { watched, sales, letters, processes, crowd, grafanaUrl, faults } = reading;
  return {
    at: timeOf(reading.atMs),
    watched: watched && watchedView(watched),
    sales: sales?.map(saleView) ?? null,
    dead_letters: letters && { data: letters.letters.map(maskedLetter), has_more: letters.hasMore },
    processes: processes && { ...processes },
    crowd: crowd && crowdView(crowd),
    links: { grafana: grafanaUrl },
    faults: [...faults],
  };
}

export function crowdView({ state, saleId, fault }: CrowdReading): z.infer<typeof bodies.crowd> {
  return { state, sale_id: saleId, fault };
}

function watchedView({ reading, attempts, audited, history }: WatchedSale): NonNullable<ConsoleBody["watched"]> {
  const { atMs, sale, phase, totals, soldPerS, gate, progress, queue } = reading;
  const { sold, held, available } = totals;
  return {
    sale: saleView(sale),
    phase,
    units: { total: sale.totalItems, sold, held, available },
    sold_per_second: soldPerS,
    gate: { state: gate, epoch: sale.epoch },
    audit: audited && auditView(audited),
    attempts: { ...attempts },
    checkouts: progress && { ...progress.checkouts },
    lag_ms: progress?.lagMs ?? null,
    history: history?.map(({ atMs: at, units, lagMs }) => ({ at: timeOf(at), units, lag_ms: lagMs })) ?? null,
    queue: queue && {
      waiting: queue.waiting,
      active: queue.active,
      delayed: queue.delayed,
      failed: queue.failed,
      paused: queue.paused,
      // It was another clock that said since when.
      oldest_job_age_ms: queue.oldestAtMs === null ? null : Math.max(0, atMs - queue.oldestAtMs),
    },
  };
}

function auditView({ report, atMs }: Audited) {
  const { violations, ...body } = reportView(report);
  const told = violations.slice(0, VIOLATIONS_MAX);
  return { ...body, checked_at: timeOf(atMs), violations: told, violations_total: violations.length };
}

/** Without whom it is of, also where the fault quotes them. */
function maskedLetter(letter: DeadLetter) {
  const { user_id: _, cause, ...body } = letterView(letter);
  return { ...body, cause: shownReason(cause) };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
