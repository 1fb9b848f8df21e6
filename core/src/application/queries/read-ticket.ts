import { type CheckoutRecord, isVerdict, type Verdict } from "../../domain/checkout.ts";
import type { Line } from "../../domain/lines.ts";
import type { Ticket } from "../../domain/ticket.ts";
import type { CheckoutLedger, LedgerStatus, SaleLedger, Tomb } from "../ports/ledger.ts";
import { tombOfTicket } from "../tombs.ts";

/**
 * What a ticket's holder is told. `lines` are what was judged, or what the ticket says was reserved; `openEpoch` names
 * the opening whose gate may still hold it.
 */
export type TicketStatus =
  | { readonly kind: "pending"; readonly lines: readonly Line[]; readonly openEpoch: number }
  | {
      readonly kind: "decided";
      readonly verdict: Verdict;
      readonly decidedAtMs: number;
      readonly lines: readonly Line[];
    }
  | { readonly kind: "unknown_sale" };

/**
 * Tells a ticket's status from the ledger alone. A ticket of an opening that is over, with no row, is of a checkout that
 * was lost with its gate; one without a row in a closed sale was never judged in time. Both are written down as such,
 * so that the answer never changes; whoever writes first wins.
 */
export async function readTicket(ledger: CheckoutLedger, ticket: Ticket): Promise<TicketStatus> {
  const status = await ledger.status(ticket.saleId, ticket.checkoutId);
  return status ? tell(ledger, ticket, status) : { kind: "unknown_sale" };
}

/** The same of many tickets of one sale, with two reads for all of them. */
export async function readTickets(
  ledger: CheckoutLedger & Pick<SaleLedger, "find">,
  saleId: string,
  tickets: readonly Ticket[],
): Promise<TicketStatus[]> {
  // The sale first: epochs and states only move on, so whoever has no row by then had none under an older one either.
  const sale = await ledger.find(saleId);
  if (!sale) return tickets.map(() => ({ kind: "unknown_sale" }));
  const { openEpoch, state } = sale;
  const records = await ledger.records(
    saleId,
    tickets.map((ticket) => ticket.checkoutId),
  );
  const byId = new Map(records.map((record) => [record.checkoutId, record]));
  const statuses: TicketStatus[] = [];
  for (const ticket of tickets) {
    statuses.push(await tell(ledger, ticket, { record: byId.get(ticket.checkoutId) ?? null, openEpoch, state }));
  }
  return statuses;
}

async function tell(ledger: CheckoutLedger, ticket: Ticket, status: LedgerStatus): Promise<TicketStatus> {
  const { record, openEpoch, state } = status;
  const pending = { kind: "pending", lines: linesOf(record, ticket), openEpoch } as const;
  if (record) return decidedBy(record, ticket) ?? pending;
  if (ticket.epoch < openEpoch) return conclude(ledger, ticket, { state: "rejected", reason: "gate_lost" }, pending);
  if (state === "closed") return conclude(ledger, ticket, { state: "expired" }, pending);
  return pending;
}

function linesOf(record: CheckoutRecord | null, ticket: Ticket): readonly Line[] {
  return record && record.lines.length > 0 ? record.lines : ticket.lines;
}

function decidedBy(record: CheckoutRecord, ticket: Ticket): TicketStatus | null {
  if (!isVerdict(record.status)) return null;
  const decidedAtMs = record.decidedAtMs ?? ticket.reservedAtMs;
  return { kind: "decided", verdict: record.status, decidedAtMs, lines: linesOf(record, ticket) };
}

/** `otherwise`: what is told where somebody adopted the checkout meanwhile. */
async function conclude(
  ledger: CheckoutLedger,
  ticket: Ticket,
  verdict: Tomb["verdict"],
  otherwise: TicketStatus,
): Promise<TicketStatus> {
  const [judged] = await ledger.entomb(ticket.saleId, [tombOfTicket(ticket, verdict)], { kind: "absent" });
  if (!judged) return otherwise;
  return { kind: "decided", verdict: judged.verdict, decidedAtMs: judged.decidedAtMs, lines: ticket.lines };
}
