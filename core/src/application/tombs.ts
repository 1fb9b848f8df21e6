import type { Hold } from "../domain/checkout.ts";
import type { Ticket } from "../domain/ticket.ts";
import type { Tomb } from "./ports/ledger.ts";

/** The tomb of a hold that ends without a sale. */
export function tombOf(hold: Hold, epoch: number, state: "expired" | "cancelled"): Tomb {
  const { checkoutId, userId, lines, key, fingerprint, sinceMs, deadlineMs } = hold;
  return { checkoutId, userId, lines, key, fingerprint, epoch, reservedAtMs: sinceMs, deadlineMs, verdict: { state } };
}

/** The tomb of a checkout of which only its ticket is known. */
export function tombOfTicket(ticket: Ticket, verdict: Tomb["verdict"]): Tomb {
  const { checkoutId, userId, lines, epoch, reservedAtMs } = ticket;
  return { checkoutId, userId, lines, epoch, reservedAtMs, key: "", fingerprint: "", deadlineMs: null, verdict };
}
