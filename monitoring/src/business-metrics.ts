import { type AttemptOutcome, PAGE_CHECKOUTS_MAX, type RejectReason, type VerdictState } from "@flashgate/core";
import { Counter, Gauge, type Registry } from "prom-client";
import { createCounter } from "./counter.ts";
import { Histogram } from "./histogram.ts";

const GATE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const LAG_SECONDS = [...GATE_SECONDS, 5, 10, 30, 60];
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
const FAILURES: Readonly<Record<RejectReason | Exclude<VerdictState, "confirmed">, true>> = {
  gate_lost: true,
  key_reused: true,
  user_limit: true,
  sold_out: true,
  rejected: true,
  expired: true,
  cancelled: true,
};

const SWEPT: Readonly<Record<"finalised" | "paged" | "expired", true>> = {
  finalised: true,
  paged: true,
  expired: true,
};

export type BusinessMetrics = ReturnType<typeof createBusinessMetrics>;

/** What the business counts. Each process counts what it did itself, at least once; the ledger is the truth. */
export function createBusinessMetrics(registry: Registry) {
  const registers = [registry];
  const histogram = (name: string, help: string, bounds: readonly number[]) =>
    new Histogram(registry, { name, help, bounds }).series();
  const counter = (name: string, help: string) => new Counter({ name, help, registers });

  return {
    attempts: createCounter(registry, {
      name: "checkout_attempts_total",
      help: "Attempts to reserve, by the gate's answer.",
      label: "outcome",
      members: OUTCOMES,
    }),
    gateSeconds: histogram(
      "flashgate_gate_duration_seconds",
      "Wait for the gate's answer to an attempt.",
      GATE_SECONDS,
    ),
    pageSize: histogram("flashgate_page_size", "Checkouts a settled page brought.", PAGE_CHECKOUTS),
    pagesContested: counter(
      "flashgate_contested_pages_total",
      "Pages that could not be settled whole and were judged one checkout at a time.",
    ),
    lagSeconds: histogram("flashgate_settlement_lag_seconds", "From the hold to its committed verdict.", LAG_SECONDS),
    successes: counter("purchase_success_total", "Checkouts confirmed."),
    failures: createCounter(registry, {
      name: "purchase_failure_total",
      help: "Submitted checkouts that ended without a sale, by reason.",
      label: "reason",
      members: FAILURES,
    }),
    poisoned: counter("flashgate_poisoned_checkouts_total", "Times that one checkout could not be judged at all."),
    unreadable: counter("flashgate_unreadable_holds_total", "Times that a hold was come across that nobody can read."),
    recoveries: counter("flashgate_recoveries_total", "Gates opened, the first opening of each sale included."),
    recoverySeconds: histogram("flashgate_recovery_duration_seconds", "Time to open a gate.", LAG_SECONDS),
    epoch: new Gauge({
      name: "flashgate_gate_epoch",
      help: "Epoch of the gate that this process opened last; 0 before the first.",
      registers,
    }),
    swept: createCounter(registry, {
      name: "flashgate_swept_holds_total",
      help: "Holds that nobody else moved, by what the sweep did with them.",
      label: "action",
      members: SWEPT,
    }),
  };
}
