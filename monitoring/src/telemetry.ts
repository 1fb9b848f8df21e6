import type { Clock, Telemetry, TelemetryEvent } from "@flashgate/core";
import type { Registry } from "prom-client";
import { type BusinessMetrics, createBusinessMetrics } from "./business-metrics.ts";
import type { LogLines } from "./log-lines.ts";
import type { Service } from "./registry.ts";
import { RetentionMetrics } from "./retention-metrics.ts";
import { SharedFacts } from "./shared-facts.ts";

export interface TelemetryParts {
  readonly service: Service;
  readonly registry: Registry;
  readonly lines: LogLines;
  readonly clock: Clock;
}

type EventOf<Kind extends TelemetryEvent["kind"]> = Extract<TelemetryEvent, { kind: Kind }>;

/**
 * Counts what the business tells and logs what is rare. Attempts and verdicts are counted only: there is no line for
 * what happens thousands of times a second. Once per registry.
 */
export function createTelemetry({ service, registry, lines, clock }: TelemetryParts): Telemetry {
  const metrics = createBusinessMetrics(registry, service);
  const facts = service === "scheduler" ? new SharedFacts(registry, clock) : null;
  const retention = service === "scheduler" ? new RetentionMetrics(registry, clock) : null;
  return {
    emit(event) {
      switch (event.kind) {
        case "attempt":
          return countAttempt(metrics, event);
        case "page_settled":
          return countPage(metrics, event);
        case "checkout_cancelled":
          metrics.endings().failures.cancelled.count += 1;
          return;
        case "checkout_poisoned":
          metrics.settlement().poisoned.inc();
          return lines.checkoutPoisoned(event);
        case "dead_letter":
          return lines.deadLetter(event);
        case "hold_unreadable":
          metrics.endings().unreadable.inc();
          return lines.holdUnreadable(event);
        case "gate_opened":
          metrics.gates().recoveries.inc();
          metrics.gates().recoverySeconds.observe(secondsOf(event.tookMs));
          return lines.gateOpened(event);
        case "swept":
          return countSweep(metrics, lines, event);
        case "gates_observed":
          return facts?.gates(event);
        case "queue_observed":
          return facts?.queue(event.depth);
        case "books_observed":
          return facts?.books(event.books);
        case "sale_scheduled":
          return lines.saleScheduled(event);
        case "sale_closed":
          return lines.saleClosed(event);
        case "gate_retired":
          return lines.gateRetired(event);
        case "sale_removal_begun":
          return lines.saleRemoval(event);
        case "rows_removed":
          return retention?.rows(event.rows);
        case "sale_removed":
          retention?.sale();
          return lines.saleRemoval(event);
        case "retention_ran":
          return retention?.ran(event.failed);
        default:
          return event satisfies never;
      }
    },
  };
}

function countAttempt({ admission }: BusinessMetrics, { outcome, gateMs }: EventOf<"attempt">): void {
  const { attempts, gateSeconds } = admission();
  attempts[outcome].count += 1;
  gateSeconds.observe(secondsOf(gateMs));
}

function countPage({ settlement, endings }: BusinessMetrics, page: EventOf<"page_settled">): void {
  const { pageSize, pagesContested, lagSeconds, successes } = settlement();
  const { failures } = endings();
  pageSize.observe(page.checkouts);
  if (page.contested) pagesContested.inc();
  let confirmed = 0;
  for (const verdict of page.verdicts) {
    lagSeconds.observe(secondsOf(verdict.lagMs));
    if (verdict.state === "confirmed") confirmed += 1;
    else failures[verdict.state === "rejected" ? verdict.reason : verdict.state].count += 1;
  }
  successes.inc(confirmed);
}

/** What the sweep expired was given that verdict by it. */
function countSweep({ sweeping, endings }: BusinessMetrics, lines: LogLines, event: EventOf<"swept">): void {
  const { finalised, paged, expired } = event;
  const { swept } = sweeping();
  swept.finalised.count += finalised;
  swept.paged.count += paged;
  swept.expired.count += expired;
  endings().failures.expired.count += expired;
  if (finalised + paged + expired > 0) lines.holdsSwept(event);
}

/** Never below zero: the two ends of a lag are read off two clocks, and a histogram's sum must not fall. */
function secondsOf(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
