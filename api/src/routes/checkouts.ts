import {
  type Accepted,
  type ReserveOutcome,
  type ReserveParts,
  reserveCheckout,
  type SaleBoard,
  type Ticket,
} from "@flashgate/core";
import type { AttemptLog } from "../attempt-log.ts";
import { type CheckoutRequest, checkoutOf } from "../checkout-request.ts";
import { readJson } from "../json-body.ts";
import { type Problem, sendAccepted } from "../responses.ts";
import type { StatusReader } from "../status-reader.ts";
import type { TicketSeal } from "../ticket-seal.ts";
import { statusUrl, ticketView } from "../ticket-view.ts";
import { type Handler, param, saleAt } from "./route.ts";

export interface CheckoutParts extends ReserveParts {
  readonly board: SaleBoard;
  readonly seal: TicketSeal;
  readonly statuses: StatusReader;
  /** Null where refused attempts are not recorded. */
  readonly attempts: AttemptLog | null;
}

/** What a client is told to wait before it asks for the verdict. */
const RETRY_AFTER_S = 1;

/** `POST /v1/sales/{id|current}/checkouts` */
export function reserve(parts: CheckoutParts): Handler {
  return async (request, response) => {
    const checkout = checkoutOf(request, await readJson(request));
    if ("kind" in checkout) return checkout;
    const nowMs = parts.clock.nowMs();
    const view = saleAt(parts.board, param(request, "sale"), nowMs);
    if (!view) return { kind: "not_found", what: "sale" };
    const { id: saleId, state } = view.sale;
    if (state === "scheduled") return { kind: "sale_not_open" };

    const { userId, demand, key, fingerprint } = checkout;
    const outcome = await reserveCheckout(parts, { saleId, userId, demand, key, fingerprint, mode: "submitted" });
    if (outcome.kind !== "accepted") return refuse(parts, saleId, checkout, outcome, nowMs);

    const ticket = ticketOf(saleId, userId, outcome, nowMs);
    const sealed = parts.seal.seal(ticket);
    if (outcome.hold && outcome.totals) parts.board.take(saleId, outcome.hold.lines, outcome.totals);
    const status = await statusOf(parts, ticket, outcome, checkout.waitMs);
    return void sendAccepted(response, ticketView(ticket, sealed, status, view.sale.settleUntilMs), RETRY_AFTER_S);
  };
}

/** The verdict, where the client wants to wait for it or the checkout is an older one. */
async function statusOf(parts: CheckoutParts, ticket: Ticket, outcome: Accepted, waitMs: number) {
  if (outcome.hold && waitMs === 0) return { kind: "pending", lines: outcome.hold.lines } as const;
  return parts.statuses.read(ticket, waitMs);
}

function ticketOf(saleId: string, userId: string, { checkoutId, epoch, hold }: Accepted, nowMs: number): Ticket {
  return { checkoutId, saleId, epoch, userId, reservedAtMs: hold?.sinceMs ?? nowMs, lines: hold?.lines ?? [] };
}

function refuse(
  parts: CheckoutParts,
  saleId: string,
  { userId, demand }: CheckoutRequest,
  outcome: Exclude<ReserveOutcome, { kind: "accepted" }>,
  nowMs: number,
): Problem {
  const units = demand.lines.reduce((sum, line) => sum + line.quantity, demand.any);
  parts.attempts?.note({ saleId, userId, units, outcome: outcome.kind, atMs: nowMs });
  if (outcome.kind !== "outcome_unknown") return outcome;
  const { checkoutId, epoch } = outcome;
  const ticket = parts.seal.seal({ checkoutId, saleId, epoch, userId, reservedAtMs: nowMs, lines: [] });
  return { kind: "outcome_unknown", ticket, statusUrl: statusUrl(ticket) };
}
