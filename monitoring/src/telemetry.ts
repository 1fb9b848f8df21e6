import type { Telemetry, TelemetryEvent } from "@flashgate/core";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { type BusinessMetrics, createBusinessMetrics } from "./business-metrics.ts";
import { LogLines } from "./log-lines.ts";

export interface TelemetryParts {
  readonly registry: Registry;
  readonly logger: Logger;
}

/**
 * Counts what the business tells and logs what is rare. Attempts and verdicts are counted only: there is no line for
 * what happens thousands of times a second. Once per registry.
 */
export function createTelemetry({ registry, logger }: TelemetryParts): Telemetry {
  const metrics = createBusinessMetrics(registry);
  const lines = new LogLines(logger);
  return {
    emit(event) {
      switch (event.kind) {
        case "attempt":
          metrics.attempts[event.outcome].count += 1;
          metrics.gateSeconds.observe(secondsOf(event.gateMs));
          return;
        case "page_settled":
          return countPage(metrics, event);
        case "checkout_poisoned":
          metrics.poisoned.inc();
          return lines.checkoutPoisoned(event);
        case "dead_letter":
          return lines.deadLetter(event);
        case "hold_unreadable":
          metrics.unreadable.inc();
          return lines.holdUnreadable(event);
        case "gate_opened":
          metrics.recoveries.inc();
          metrics.recoverySeconds.observe(secondsOf(event.tookMs));
          metrics.epoch.set(event.epoch);
          return lines.gateOpened(event);
        case "swept":
          return countSweep(metrics, lines, event);
        case "sale_scheduled":
          return lines.saleScheduled(event);
        case "sale_closed":
          return lines.saleClosed(event);
        case "gate_retired":
          return lines.gateRetired(event);
        default:
          return event satisfies never;
      }
    },
  };
}

function countPage(metrics: BusinessMetrics, page: Extract<TelemetryEvent, { kind: "page_settled" }>): void {
  metrics.pageSize.observe(page.checkouts);
  if (page.contested) metrics.pagesContested.inc();
  let confirmed = 0;
  for (const { state, reason, lagMs } of page.verdicts) {
    metrics.lagSeconds.observe(secondsOf(lagMs));
    if (state === "confirmed") confirmed += 1;
    else metrics.failures[reason ?? state].count += 1;
  }
  metrics.successes.inc(confirmed);
}

function countSweep(
  { swept }: BusinessMetrics,
  lines: LogLines,
  event: Extract<TelemetryEvent, { kind: "swept" }>,
): void {
  const { finalised, paged, expired } = event;
  swept.finalised.count += finalised;
  swept.paged.count += paged;
  swept.expired.count += expired;
  if (finalised + paged + expired > 0) lines.holdsSwept(event);
}

/** Never below zero: the two ends of a lag are read off two clocks, and a histogram's sum must not fall. */
function secondsOf(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
