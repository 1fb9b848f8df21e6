import { type CheckoutRecord, isVerdict, type Verdict } from "../../domain/checkout.ts";
import type { Line } from "../../domain/lines.ts";
import type { Ticket } from "../../domain/ticket.ts";
import type { CheckoutLedger, Tomb } from "../ports/ledger.ts";
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
  const { saleId, checkoutId } = ticket;
  const status = await ledger.status(saleId, checkoutId);
  if (!status) return { kind: "unknown_sale" };
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
