import type { AuditReport } from "@flashgate/core";
import type { Tally } from "./tally.ts";
import type { TicketStates } from "./ticket-poll.ts";

/** All that a load run came to know. Units and Unix milliseconds. */
export interface LoadFacts {
  readonly saleId: string;
  /** What each shopper asked for. */
  readonly unitsEach: number;
  readonly tally: Tally;
  /** How long the crowd was at it. */
  readonly crowdMs: number;
  /** The first request, by the wall clock. */
  readonly firstSentAtMs: number;
  /** Whether the gate held nothing any more when the tickets were asked for. */
  readonly drained: boolean;
  /** What the api said of the acknowledged tickets that ended. */
  readonly ticketStates: TicketStates;
  /** What the ledger says: the verdict by checkout id. Those without one are missing. */
  readonly verdicts: ReadonlyMap<string, string>;
  /** Units confirmed before the crowd came. */
  readonly soldBefore: number;
  /** The last commit, by the ledger's clock, that confirmed an acknowledged checkout; null where none did. */
  readonly lastConfirmedAtMs: number | null;
  readonly audit: AuditReport;
}

/** What a new shopper who takes anything may be told of a sale that was open. */
const EXPECTED_REFUSALS = new Set(["sold_out", "sale_closed", "sale_paused"]);

/** What went wrong, a sentence each; empty when the run counts. */
export function faultsOf(facts: LoadFacts): string[] {
  return [
    ...answerFaults(facts),
    ...ticketFaults(facts),
    ...stockFaults(facts),
    ...facts.audit.violations.map(({ invariant, message }) => `invariant ${invariant} is broken: ${message}`),
  ];
}

function answerFaults({ tally }: LoadFacts): string[] {
  const faults = [...tally.serverErrors].map(
    ([status, times]) => `the api answered ${status} (${counted(times, "time")})`,
  );
  for (const [code, times] of tally.refusals) {
    if (!EXPECTED_REFUSALS.has(code)) faults.push(`${counted(times, "shopper")} refused with ${code}`);
  }
  const answered = tally.acknowledged.length + sum(tally.refusals);
  if (answered === 0) faults.push("no shopper was ever answered: is the api up?");
  return faults;
}

function ticketFaults({ tally, drained, ticketStates, verdicts }: LoadFacts): string[] {
  const faults: string[] = [];
  const ids = tally.acknowledged.map(({ checkoutId }) => checkoutId);
  const withoutRow = ids.filter((id) => !verdicts.has(id)).length;
  const unended = ids.filter((id) => !ticketStates.has(id)).length;
  const differing = ids.filter((id) => differ(ticketStates.get(id), verdicts.get(id))).length;
  const shared = ids.length - new Set(ids).size;
  if (!drained) faults.push("the gate still holds units: not everything was settled in time");
  if (withoutRow > 0) faults.push(`${counted(withoutRow, "acknowledged checkout")} without a verdict in the ledger`);
  if (unended > 0) faults.push(`${counted(unended, "acknowledged ticket")} that the api never called final`);
  if (differing > 0) faults.push(`${counted(differing, "ticket")} of which api and ledger tell different ends`);
  if (shared > 0) faults.push(`${counted(shared, "checkout")} handed to more than one shopper`);
  return faults;
}

function differ(told: string | undefined, verdict: string | undefined): boolean {
  return told !== undefined && verdict !== undefined && told !== verdict;
}

/** Who is told "sold out" must find it so: less is left than one shopper wanted. */
function stockFaults({ tally, unitsEach, audit }: LoadFacts): string[] {
  const left = audit.totalUnits - audit.confirmedUnits;
  const soldOut = tally.refusals.has("sold_out");
  return soldOut && left >= unitsEach
    ? [`the crowd was told "sold out", but ${left} of ${audit.totalUnits} units are unsold`]
    : [];
}

/** `1 ticket`, `2 tickets`. */
function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Of counts by name. */
export function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
