import { type CancelParts, cancelCheckout, type SaleBoard } from "@flashgate/core";
import { userOf, waitOf } from "../request-headers.ts";
import { sendTicket } from "../responses.ts";
import type { StatusReader } from "../status-reader.ts";
import type { TicketSeal } from "../ticket-seal.ts";
import { ticketView } from "../ticket-view.ts";
import type { Verdicts } from "../verdicts.ts";
import { type Handler, param } from "./route.ts";

export interface TicketParts extends CancelParts {
  readonly board: SaleBoard;
  readonly seal: TicketSeal;
  readonly statuses: StatusReader;
  readonly verdicts: Verdicts;
}

const NOT_FOUND = { kind: "not_found", what: "ticket" } as const;

/** `GET /v1/tickets/{ticket}`: the ticket itself is the right to read it. */
export function readTicketStatus(parts: TicketParts): Handler {
  return async (request, response) => {
    const sealed = param(request, "ticket");
    const ticket = parts.seal.open(sealed);
    if (!ticket) return NOT_FOUND;
    const status = await parts.statuses.read(ticket, waitOf(request), () => response.destroyed);
    if (status.kind === "unknown_sale") return NOT_FOUND;
    const expiresAtMs = parts.board.view(ticket.saleId)?.sale.settleUntilMs ?? null;
    return void sendTicket(response, ticketView(ticket, sealed, status, expiresAtMs), status.kind === "pending");
  };
}

/** `DELETE /v1/tickets/{ticket}`: only its owner; somebody else's ticket is not found. */
export function cancelTicket(parts: TicketParts): Handler {
  return async (request, response) => {
    const userId = userOf(request);
    if (typeof userId !== "string") return userId;
    const sealed = param(request, "ticket");
    const ticket = parts.seal.open(sealed);
    if (!ticket || ticket.userId !== userId) return NOT_FOUND;
    const outcome = await cancelCheckout(parts, ticket);
    if (outcome.kind === "unknown_sale") return NOT_FOUND;
    parts.verdicts.note(outcome.judged);
    if (outcome.judged.verdict.state === "confirmed") return { kind: "already_confirmed" };
    const { verdict, decidedAtMs } = outcome.judged;
    const status = { kind: "decided", verdict, decidedAtMs, lines: outcome.lines } as const;
    return void sendTicket(response, ticketView(ticket, sealed, status, null), false);
  };
}
