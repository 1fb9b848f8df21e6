import type { Counts } from "./counts.ts";

/** From so many seeds on a run must have seen everything it promises to exercise. */
export const COVERAGE_SEEDS_MIN = 1_000;

const FATES = ["fail", "lose"];
const REPLIES = ["held", "replayed", "gate_shut", "key_reused", "sale_not_open", "sale_closed"];
const REFUSALS = ["sold_out", "item_taken", "user_limit"];
const LATE_CALLS = [
  "reserve",
  "purchase",
  "finalise",
  "settleAll",
  "entomb",
  "beginRecovery",
  "shut",
  "adopt",
  "install",
];

/** Everything that a run promises to exercise, as the names of its counts. */
export const PROMISED: readonly string[] = [
  ...["confirmed", "cancelled", "expired", "rejected:gate_lost"].map((verdict) => `promised ${verdict}`),
  ...["gate", "ledger", "client"].flatMap((service) => FATES.map((fate) => `${service} call ${fate}`)),
  ...LATE_CALLS.map((method) => `late ${method}`),
  ...["api", "worker", "scheduler"].map((role) => `killed ${role}`),
  ...["restart", "suffix", "backup", "wipe", "promote", "resync", "split"].map((fault) => `redis ${fault}`),
  ...["wipe", "again", "reorder", "forge"].map((fault) => `queue ${fault}`),
  ...["lost", "doubled"].map((fate) => `pages ${fate}`),
  ...["settled", "retry", "poisoned"].map((outcome) => `page ${outcome}`),
  ...[...REPLIES, ...REFUSALS].map((reply) => `reserve ${reply}`),
  ...["held", "submitted", "expired", "not_found", "gate_shut", "not_a_cart"].map((reply) => `cart ${reply}`),
  ...["pending", "decided"].map((status) => `poll ${status}`),
  ...["opened", "superseded", "closed"].map((outcome) => `recovery ${outcome}`),
  ...["closed", "draining"].map((outcome) => `close ${outcome}`),
  ...["sent", "decided"].map((outcome) => `letter ${outcome}`),
  "event dead_letter",
  "clock steps",
  "calls put aside",
  "recoveries between two primaries",
  "promises of demoted primaries",
  "holds destroyed",
  "rows held",
  "hourly sales",
  "sold out",
  "all decided before the close",
  "sales without attempts",
];

/** What a run of so many seeds promised and never did. Empty where it is too short to promise anything. */
export function unexercised(seeds: number, counts: Readonly<Counts>): string[] {
  return seeds < COVERAGE_SEEDS_MIN ? [] : PROMISED.filter((name) => !counts[name]);
}
