import type { Flashgate } from "@flashgate/client";
import {
  type AuditLedger,
  auditSale,
  type CheckoutLedger,
  type Clock,
  type GateReader,
  isVerdict,
  type SaleLedger,
} from "@flashgate/core";
import { CommandFault } from "./command-fault.ts";
import type { Connection } from "./connection.ts";
import { type CrowdPlan, runCrowd } from "./crowd.ts";
import type { LoadFacts } from "./load-verdict.ts";
import type { Moment } from "./progress-line.ts";
import { readSale, type SaleView } from "./sale-view.ts";
import type { Acknowledged, Tally } from "./tally.ts";
import { pollTickets } from "./ticket-poll.ts";
import { until } from "./until.ts";

export interface LoadParts {
  /** Where the crowd buys. */
  readonly connections: readonly Connection[];
  /** Where it asks for its tickets; one for each api. */
  readonly clients: readonly Flashgate[];
  readonly ledger: AuditLedger & Pick<CheckoutLedger, "records"> & Pick<SaleLedger, "find">;
  readonly gate: GateReader;
  readonly wallClock: Clock;
  readonly steadyClock: Clock;
  readonly tally: Tally;
  /** Told when the next part of the run begins. */
  readonly onPhase: (phase: Moment["phase"]) => void;
}

/** How long the sale may take to be known to the api, and everything to be settled and told. */
const KNOWN_MS_MAX = 5_000;
const SETTLED_MS_MAX = 120_000;
/** Time to ask for the tickets even if settling took all of it. */
const ASK_MS_MIN = 20_000;
/** Checkouts looked up in the ledger at once. */
const RECORDS_MAX = 1_000;

/** Finds the sale at every api and makes sure that it sells now. Throws a CommandFault when it does not. */
export async function findOpenSale(name: string, connections: readonly Connection[], clock: Clock): Promise<SaleView> {
  let sale: SaleView | undefined;
  for (const connection of connections) {
    const patience = { clock, everyMs: 100, timeoutMs: KNOWN_MS_MAX };
    const reading = await until(async () => {
      const answer = await readSale(connection, sale?.id ?? name);
      return answer.kind === "sale" ? answer : null;
    }, patience);
    sale = (reading ?? (await whyNot(name, connection))).sale;
  }
  if (!sale) throw new CommandFault("No api to send the crowd to: name one with --url");
  if (sale.phase === "open") return sale;
  throw new CommandFault(
    `Sale ${sale.id} is ${sale.phase} (open from ${sale.opens_at} to ${sale.closes_at}): name an open one with --sale`,
  );
}

async function whyNot(name: string, connection: Connection): Promise<never> {
  const reading = await readSale(connection, name);
  if (reading.kind === "unavailable") throw new CommandFault(`The api does not answer: ${reading.why}`);
  throw new CommandFault(`The api knows no sale "${name}": list them with "flashgate sale list"`);
}

/** Sends the crowd, waits until everything is settled, asks for every ticket, and reads the verdict from the ledger. */
export async function runLoad(plan: CrowdPlan, saleId: string, parts: LoadParts): Promise<LoadFacts> {
  const { connections, clients, ledger, gate, wallClock, steadyClock, tally, onPhase } = parts;
  const before = await ledger.find(saleId);
  if (!before) throw new CommandFault(`The ledger knows no sale ${saleId}: is DATABASE_URL that of the api?`);
  if (plan.errand.units > before.limitPerUser) {
    throw new CommandFault(
      `Sale ${saleId} gives one user ${before.limitPerUser} units at most: choose fewer with --units`,
    );
  }

  onPhase("selling");
  const firstSentAtMs = wallClock.nowMs();
  const startedMs = steadyClock.nowMs();
  await runCrowd(plan, { connections, tally, clock: steadyClock });
  const crowdMs = steadyClock.nowMs() - startedMs;

  onPhase("settling");
  const settledByMs = steadyClock.nowMs() + SETTLED_MS_MAX;
  const drained = await isDrained(saleId, gate, steadyClock);

  onPhase("asking");
  const deadlineMs = Math.max(settledByMs, steadyClock.nowMs() + ASK_MS_MIN);
  const ticketStates = await pollTickets(tally.acknowledged, { clients, clock: steadyClock, deadlineMs });

  onPhase("auditing");
  const { verdicts, lastConfirmedAtMs } = await readVerdicts(saleId, tally.acknowledged, ledger);
  const audit = await auditSale({ ledger, gate }, saleId);
  if (!audit) throw new Error(`sale ${saleId} was in the ledger and is not there any more`);
  return {
    saleId,
    unitsEach: plan.errand.units,
    tally,
    crowdMs,
    firstSentAtMs,
    drained,
    ticketStates,
    verdicts,
    soldBefore: before.itemsSold,
    lastConfirmedAtMs,
    audit,
  };
}

async function isDrained(saleId: string, gate: GateReader, clock: Clock): Promise<boolean> {
  const settled = async () => {
    const found = await gate.totals(saleId).catch(() => null);
    return found?.totals.held === 0 ? true : null;
  };
  return (await until(settled, { clock, everyMs: 20, timeoutMs: SETTLED_MS_MAX })) ?? false;
}

async function readVerdicts(
  saleId: string,
  acknowledged: readonly Acknowledged[],
  ledger: Pick<CheckoutLedger, "records">,
): Promise<Pick<LoadFacts, "verdicts" | "lastConfirmedAtMs">> {
  const verdicts = new Map<string, string>();
  let lastConfirmedAtMs: number | null = null;
  for (let from = 0; from < acknowledged.length; from += RECORDS_MAX) {
    const ids = acknowledged.slice(from, from + RECORDS_MAX).map(({ checkoutId }) => checkoutId);
    for (const { checkoutId, status, decidedAtMs } of await ledger.records(saleId, ids)) {
      if (!isVerdict(status)) continue;
      verdicts.set(checkoutId, status.state);
      if (status.state === "confirmed") lastConfirmedAtMs = Math.max(lastConfirmedAtMs ?? 0, decidedAtMs ?? 0);
    }
  }
  return { verdicts, lastConfirmedAtMs };
}
