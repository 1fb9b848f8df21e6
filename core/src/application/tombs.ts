import type { Hold } from "../domain/checkout.ts";
import type { DeadLetter } from "../domain/dead-letter.ts";
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

/** The tomb of a dead letter that the gate does not hold. */
export function tombOfLetter(letter: DeadLetter, verdict: Tomb["verdict"]): Tomb {
  const { checkoutId, userId, epoch } = letter;
  const nothing = { lines: [], key: "", fingerprint: "", reservedAtMs: null, deadlineMs: null };
  return { ...nothing, checkoutId, userId, epoch, verdict };
}
