import { type CheckoutRecord, isVerdict, type Verdict } from "../../domain/checkout.ts";
import type { Line } from "../../domain/lines.ts";
import type { Ticket } from "../../domain/ticket.ts";
import type { CheckoutLedger, Tomb } from "../ports/ledger.ts";
import { tombOfTicket } from "../tombs.ts";

/** What a ticket's holder is told. `lines` are what was judged, or what the ticket says was reserved. */
export type TicketStatus =
  | { readonly kind: "pending"; readonly lines: readonly Line[] }
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
  if (status.record) return statusOf(status.record, ticket);
  if (ticket.epoch < status.openEpoch) return conclude(ledger, ticket, { state: "rejected", reason: "gate_lost" });
  if (status.state === "closed") return conclude(ledger, ticket, { state: "expired" });
  return { kind: "pending", lines: ticket.lines };
}

function statusOf(record: CheckoutRecord, ticket: Ticket): TicketStatus {
  const lines = record.lines.length > 0 ? record.lines : ticket.lines;
  if (!isVerdict(record.status)) return { kind: "pending", lines };
  return { kind: "decided", verdict: record.status, decidedAtMs: record.decidedAtMs ?? ticket.reservedAtMs, lines };
}

async function conclude(ledger: CheckoutLedger, ticket: Ticket, verdict: Tomb["verdict"]): Promise<TicketStatus> {
  const { saleId, lines } = ticket;
  const [judged] = await ledger.entomb(saleId, [tombOfTicket(ticket, verdict)], { kind: "absent" });
  if (!judged) return { kind: "pending", lines };
  return { kind: "decided", verdict: judged.verdict, decidedAtMs: judged.decidedAtMs, lines };
}
