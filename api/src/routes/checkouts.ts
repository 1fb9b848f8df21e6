import {
  type Accepted,
  demandUnits,
  type ReserveOutcome,
  type ReserveParts,
  reserveCheckout,
  type Sale,
  type SaleBoard,
  type Ticket,
} from "@flashgate/core";
import type { AttemptLog } from "../attempt-log.ts";
import { type CheckoutRequest, checkoutOf } from "../checkout-request.ts";
import { madeAtMs } from "../ids.ts";
import { readJson } from "../json-body.ts";
import type { Problem } from "../problems.ts";
import { note } from "../request-note.ts";
import { sendAccepted } from "../responses.ts";
import type { Standing, StatusReader } from "../status-reader.ts";
import type { TicketSeal } from "../ticket-seal.ts";
import { statusUrl, ticketView } from "../ticket-view.ts";
import { type Handler, param, saleAt } from "./route.ts";
import { asShopper, type ShopperParts } from "./shopper-route.ts";

export interface CheckoutParts extends ReserveParts, ShopperParts {
  readonly board: SaleBoard;
  readonly seal: TicketSeal;
  readonly statuses: StatusReader;
  /** Null where refused attempts are not recorded. */
  readonly attempts: AttemptLog | null;
}

/** `POST /v1/sales/{id|current}/checkouts` */
export function reserve(parts: CheckoutParts): Handler {
  return asShopper(parts, async (request, response, userId) => {
    const checkout = checkoutOf(request, userId, await readJson(request));
    if ("kind" in checkout) return checkout;
    const nowMs = parts.clock.nowMs();
    const view = saleAt(parts.board, param(request, "sale"), nowMs);
    if (!view) return { kind: "not_found", what: "sale" };
    const { id: saleId, state } = view.sale;
    // A gate that nobody opened yet, and one that is retired: both are shut, but not to be waited for.
    if (state === "scheduled" && nowMs < view.sale.opensAtMs) return { kind: "sale_not_open" };
    if (state === "closed") return { kind: "sale_closed" };

    const { mode, demand, key, fingerprint } = checkout;
    const outcome = await reserveCheckout(parts, { saleId, userId, mode, demand, key, fingerprint });
    const gateMs = parts.clock.nowMs() - nowMs;
    note(request, { saleId, gateMs });
    if ("checkoutId" in outcome) note(request, { checkoutId: outcome.checkoutId });
    if (outcome.kind !== "accepted") return refuse(parts, view.sale, checkout, outcome, nowMs);
    note(request, { outcome: outcome.totals ? "held" : "replayed" });

    const ticket = ticketOf(saleId, userId, outcome);
    const sealed = parts.seal.seal(ticket);
    if (outcome.hold && outcome.totals) parts.board.take(saleId, outcome.hold.lines, outcome.totals);
    const standing = await standingOf(parts, ticket, outcome, checkout.waitMs, () => response.destroyed);
    return void sendAccepted(response, ticketView(ticket, sealed, standing, view.sale.settleUntilMs));
  });
}

/** The verdict, where the client wants to wait for it or the checkout is an older one. The ticket stands without it. */
function standingOf(
  parts: CheckoutParts,
  ticket: Ticket,
  { hold, totals, epoch }: Accepted,
  waitMs: number,
  abandoned: () => boolean,
): Promise<Standing> | Standing {
  const now: Standing = hold ? { kind: "held", hold } : { kind: "pending", lines: [], openEpoch: epoch };
  // A cart waits for its shopper, not for a verdict; a replay may have its verdict before the gate has heard of it.
  if (hold && ((totals && waitMs === 0) || hold.mode !== "submitted")) return now;
  return parts.statuses.readOr(now, ticket, waitMs, abandoned);
}

/** The lines of a cart may grow: its ticket names none. */
function ticketOf(saleId: string, userId: string, { checkoutId, epoch, hold }: Accepted): Ticket {
  const lines = hold?.mode === "submitted" ? hold.lines : [];
  return { checkoutId, saleId, epoch, userId, reservedAtMs: madeAtMs(checkoutId), lines };
}

function refuse(
  parts: CheckoutParts,
  sale: Sale,
  { userId, demand }: CheckoutRequest,
  outcome: Exclude<ReserveOutcome, { kind: "accepted" }>,
  nowMs: number,
): Problem {
  const units = demandUnits(demand);
  parts.attempts?.note(sale, { userId, units, outcome: outcome.kind, atMs: nowMs });
  if (outcome.kind !== "outcome_unknown") return outcome;
  const { checkoutId, epoch } = outcome;
  const reservedAtMs = madeAtMs(checkoutId);
  const ticket = parts.seal.seal({ checkoutId, saleId: sale.id, epoch, userId, reservedAtMs, lines: [] });
  return { kind: "outcome_unknown", of: "checkout", ticket, statusUrl: statusUrl(ticket) };
}
