import { type CancelParts, cancelCheckout, type SaleBoard, type Ticket } from "@flashgate/core";
import type { Request } from "express";
import type { Problem } from "../problems.ts";
import { waitOf } from "../request-headers.ts";
import { note } from "../request-note.ts";
import { sendTicket } from "../responses.ts";
import type { StatusReader } from "../status-reader.ts";
import type { TicketSeal } from "../ticket-seal.ts";
import { type TicketView, ticketView } from "../ticket-view.ts";
import type { Verdicts } from "../verdicts.ts";
import { type Handler, param } from "./route.ts";
import { asShopper, type ShopperParts } from "./shopper-route.ts";

export interface TicketParts extends CancelParts, ShopperParts {
  readonly board: SaleBoard;
  readonly seal: TicketSeal;
  readonly statuses: StatusReader;
  readonly verdicts: Verdicts;
}

export const NOT_FOUND = { kind: "not_found", what: "ticket" } as const;

/** The ticket of a path, for somebody who wants to change what it stands for: only its owner finds it. */
export function ownTicket(
  seal: TicketSeal,
  request: Request,
  userId: string,
): { ticket: Ticket; sealed: string } | Problem {
  const sealed = param(request, "ticket");
  const ticket = seal.open(sealed);
  if (ticket?.userId !== userId) return NOT_FOUND;
  noteTicket(request, ticket);
  return { ticket, sealed };
}

/** Which checkout a request is about. */
export function noteTicket(request: Request, { saleId, checkoutId }: Ticket): void {
  note(request, { saleId, checkoutId });
}

/** `GET /v1/tickets/{ticket}`: the ticket itself is the right to read it. */
export function readTicketStatus(parts: TicketParts): Handler {
  return async (request, response) => {
    const sealed = param(request, "ticket");
    const ticket = parts.seal.open(sealed);
    if (!ticket) return NOT_FOUND;
    noteTicket(request, ticket);
    const seen = await seenOf(parts, ticket, sealed, { waitMs: waitOf(request), abandoned: () => response.destroyed });
    return seen.kind === "seen" ? void sendTicket(response, seen.view, seen.pending) : seen;
  };
}

/** How a ticket stands, as its holder is told. */
export async function seenOf(
  parts: Pick<TicketParts, "board" | "statuses">,
  ticket: Ticket,
  sealed: string,
  wait: { readonly waitMs: number; readonly abandoned: () => boolean },
): Promise<{ readonly kind: "seen"; readonly view: TicketView; readonly pending: boolean } | Problem> {
  const standing = await parts.statuses.read(ticket, wait.waitMs, wait.abandoned);
  if (standing.kind === "unknown_sale") return NOT_FOUND;
  if (standing.kind === "gate_shut") return standing;
  const settleUntilMs = parts.board.view(ticket.saleId)?.sale.settleUntilMs ?? null;
  const view = ticketView(ticket, sealed, standing, settleUntilMs);
  return { kind: "seen", view, pending: standing.kind !== "decided" };
}

/** `DELETE /v1/tickets/{ticket}`: only its owner; somebody else's ticket is not found. */
export function cancelTicket(parts: TicketParts): Handler {
  return asShopper(parts, async (request, response, userId) => {
    const owned = ownTicket(parts.seal, request, userId);
    if ("kind" in owned) return owned;
    const { ticket, sealed } = owned;
    const outcome = await cancelCheckout(parts, ticket);
    if (outcome.kind === "unknown_sale") return NOT_FOUND;
    parts.verdicts.note(outcome.judged);
    if (outcome.judged.verdict.state === "confirmed") return { kind: "already_confirmed" };
    const { verdict, decidedAtMs } = outcome.judged;
    const status = { kind: "decided", verdict, decidedAtMs, lines: outcome.lines } as const;
    return void sendTicket(response, ticketView(ticket, sealed, status, null), false);
  });
}
