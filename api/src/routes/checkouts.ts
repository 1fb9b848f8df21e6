import {
  type Accepted,
  demandUnits,
  type ReserveOutcome,
  type ReserveParts,
  reserveCheckout,
  type SaleBoard,
  type Ticket,
  type TicketStatus,
} from "@flashgate/core";
import type { AttemptLog } from "../attempt-log.ts";
import { type CheckoutRequest, checkoutOf } from "../checkout-request.ts";
import { madeAtMs } from "../ids.ts";
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

/** `POST /v1/sales/{id|current}/checkouts` */
export function reserve(parts: CheckoutParts): Handler {
  return async (request, response) => {
    const checkout = checkoutOf(request, await readJson(request));
    if ("kind" in checkout) return checkout;
    const nowMs = parts.clock.nowMs();
    const view = saleAt(parts.board, param(request, "sale"), nowMs);
    if (!view) return { kind: "not_found", what: "sale" };
    const { id: saleId, state } = view.sale;
    // A gate that nobody opened yet, and one that is retired: both are shut, but not to be waited for.
    if (state === "scheduled" && nowMs < view.sale.opensAtMs) return { kind: "sale_not_open" };
    if (state === "closed") return { kind: "sale_closed" };

    const { userId, demand, key, fingerprint } = checkout;
    const outcome = await reserveCheckout(parts, { saleId, userId, demand, key, fingerprint, mode: "submitted" });
    if (outcome.kind !== "accepted") return refuse(parts, saleId, checkout, outcome, nowMs);

    const ticket = ticketOf(saleId, userId, outcome);
    const sealed = parts.seal.seal(ticket);
    if (outcome.hold && outcome.totals) parts.board.take(saleId, outcome.hold.lines, outcome.totals);
    const status = await statusOf(parts, ticket, outcome, checkout.waitMs, () => response.destroyed);
    return void sendAccepted(response, ticketView(ticket, sealed, status, view.sale.settleUntilMs));
  };
}

/** The verdict, where the client wants to wait for it or the checkout is an older one. The ticket stands without it. */
async function statusOf(
  parts: CheckoutParts,
  ticket: Ticket,
  { hold }: Accepted,
  waitMs: number,
  abandoned: () => boolean,
): Promise<TicketStatus> {
  const pending: TicketStatus = { kind: "pending", lines: hold?.lines ?? [] };
  if (hold && waitMs === 0) return pending;
  return parts.statuses.read(ticket, waitMs, abandoned).catch(() => pending);
}

function ticketOf(saleId: string, userId: string, { checkoutId, epoch, hold }: Accepted): Ticket {
  return { checkoutId, saleId, epoch, userId, reservedAtMs: madeAtMs(checkoutId), lines: hold?.lines ?? [] };
}

function refuse(
  parts: CheckoutParts,
  saleId: string,
  { userId, demand }: CheckoutRequest,
  outcome: Exclude<ReserveOutcome, { kind: "accepted" }>,
  nowMs: number,
): Problem {
  const units = demandUnits(demand);
  parts.attempts?.note({ saleId, userId, units, outcome: outcome.kind, atMs: nowMs });
  if (outcome.kind !== "outcome_unknown") return outcome;
  const { checkoutId, epoch } = outcome;
  const ticket = parts.seal.seal({ checkoutId, saleId, epoch, userId, reservedAtMs: madeAtMs(checkoutId), lines: [] });
  return { kind: "outcome_unknown", ticket, statusUrl: statusUrl(ticket) };
}
