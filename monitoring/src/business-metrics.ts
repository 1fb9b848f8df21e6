import { type AttemptOutcome, PAGE_CHECKOUTS_MAX, type RejectReason, type VerdictState } from "@flashgate/core";
import { Counter, type Registry } from "prom-client";
import { createCounter } from "./counter.ts";
import { Histogram } from "./histogram.ts";
import type { Service } from "./registry.ts";

const GATE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const LAG_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const PAGE_CHECKOUTS = [1, 2, 5, 10, 20, 50, 100, 150, PAGE_CHECKOUTS_MAX];

const OUTCOMES: Readonly<Record<AttemptOutcome, true>> = {
  held: true,
  replayed: true,
  outcome_unknown: true,
  gate_shut: true,
  key_reused: true,
  sale_paused: true,
  sale_not_open: true,
  sale_closed: true,
  backlog_full: true,
  unknown_item: true,
  sold_out: true,
  item_taken: true,
  user_limit: true,
};

/** A rejection's reason, or the state of what ended without one. */
export type Failure = RejectReason | Exclude<VerdictState, "confirmed" | "rejected">;

const FAILURES: Readonly<Record<Failure, true>> = {
  gate_lost: true,
  key_reused: true,
  user_limit: true,
  sold_out: true,
  expired: true,
  cancelled: true,
};

const SWEPT: Readonly<Record<"finalised" | "paged" | "expired", true>> = {
  finalised: true,
  paged: true,
  expired: true,
};

export type BusinessMetrics = ReturnType<typeof createBusinessMetrics>;

/**
 * What the business counts, each group from the process that it belongs to: there every series is exported as 0 before
 * anything happens, elsewhere not before something does. Each process counts what it did itself; the ledger is the truth.
 */
export function createBusinessMetrics(registry: Registry, service: Service) {
  const group = <Group>(services: readonly Service[], create: (registry: Registry) => Group): (() => Group) => {
    let created: Group | undefined = services.includes(service) ? create(registry) : undefined;
    return () => {
      created ??= create(registry);
      return created;
    };
  };
  return {
    admission: group(["api"], createAdmissionMetrics),
    settlement: group(["worker"], createSettlementMetrics),
    endings: group(["api", "worker", "scheduler"], createEndingMetrics),
    gates: group(["scheduler"], createGateMetrics),
    sweeping: group(["scheduler"], createSweepMetrics),
  };
}

function createAdmissionMetrics(registry: Registry) {
  return {
    attempts: createCounter(registry, {
      name: "checkout_attempts_total",
      help: "Attempts to reserve, by the gate's answer.",
      label: "outcome",
      members: OUTCOMES,
    }),
    gateSeconds: histogram(
      registry,
      "flashgate_gate_duration_seconds",
      "Wait for the gate's answer to an attempt.",
      GATE_SECONDS,
    ),
  };
}

function createSettlementMetrics(registry: Registry) {
  return {
    pageSize: histogram(registry, "flashgate_page_size", "Checkouts a settled page brought.", PAGE_CHECKOUTS),
    pagesContested: counter(
      registry,
      "flashgate_contested_pages_total",
      "Pages that could not be settled whole and were judged one checkout at a time.",
    ),
    lagSeconds: histogram(
      registry,
      "flashgate_settlement_lag_seconds",
      "From the hold to its committed verdict; a cart's hold begins with its first item.",
      LAG_SECONDS,
    ),
    successes: counter(registry, "purchase_success_total", "Checkouts confirmed."),
    poisoned: counter(
      registry,
      "flashgate_poisoned_checkouts_total",
      "Times that one checkout could not be judged at all.",
    ),
  };
}

function createEndingMetrics(registry: Registry) {
  return {
    failures: createCounter(registry, {
      name: "purchase_failure_total",
      help: "Checkouts that ended without a sale, by reason, from whoever ended them.",
      label: "reason",
      members: FAILURES,
    }),
    unreadable: counter(
      registry,
      "flashgate_unreadable_holds_total",
      "Times that a hold was come across that nobody can read.",
    ),
  };
}

function createGateMetrics(registry: Registry) {
  return {
    recoveries: counter(
      registry,
      "flashgate_recoveries_total",
      "Gates opened, the first opening of each sale included.",
    ),
    recoverySeconds: histogram(registry, "flashgate_recovery_duration_seconds", "Time to open a gate.", [
      ...GATE_SECONDS,
      5,
      10,
      30,
      60,
    ]),
  };
}

function createSweepMetrics(registry: Registry) {
  return {
    swept: createCounter(registry, {
      name: "flashgate_swept_holds_total",
      help: "Holds that nobody else moved, by what the sweep did with them.",
      label: "action",
      members: SWEPT,
    }),
  };
}

function histogram(registry: Registry, name: string, help: string, bounds: readonly number[]) {
  return new Histogram(registry, { name, help, bounds }).series();
}

function counter(registry: Registry, name: string, help: string) {
  return new Counter({ name, help, registers: [registry] });
}
