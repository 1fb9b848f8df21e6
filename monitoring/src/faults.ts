import type { Registry } from "prom-client";
import { createCounter, type Tally } from "./counter.ts";

/** What goes wrong in bursts while something is away. */
export type Fault =
  | "request_failed"
  | "page_failed"
  | "page_not_enqueued"
  | "duty_failed"
  | "attempts_dropped"
  | "board_stale"
  | "connection_lost"
  | "traces_lost";

const FAULTS: Readonly<Record<Fault, true>> = {
  request_failed: true,
  page_failed: true,
  page_not_enqueued: true,
  duty_failed: true,
  attempts_dropped: true,
  board_stale: true,
  connection_lost: true,
  traces_lost: true,
};

export type FaultCounts = Readonly<Record<Fault, Tally>>;

/** Every fault counts here, whether or not it has a line of its own. */
export function createFaultCounts(registry: Registry): FaultCounts {
  return createCounter(registry, {
    name: "flashgate_faults_total",
    help: "Faults by kind. Of a burst only the first is logged in full.",
    label: "fault",
    members: FAULTS,
  });
}
