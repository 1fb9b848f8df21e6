import {
  type Admission,
  type PurchaseReply,
  purchaseCart,
  type SaleBoard,
  type SettlementQueue,
  type Ticket,
} from "@flashgate/core";
import { addedDemandOf } from "../checkout-request.ts";
import { readJson } from "../json-body.ts";
import { malformed, type Problem, type Step } from "../problems.ts";
import { waitOf } from "../request-headers.ts";
import { sendAccepted, sendTicket } from "../responses.ts";
import type { Standing, StatusReader } from "../status-reader.ts";
import type { TicketSeal } from "../ticket-seal.ts";
import { statusUrl, ticketView } from "../ticket-view.ts";
import type { Handler } from "./route.ts";
import { asShopper, type ShopperParts } from "./shopper-route.ts";
import { NOT_FOUND, ownTicket } from "./tickets.ts";

export interface CartParts extends ShopperParts {
  readonly admission: Admission;
  readonly queue: SettlementQueue;
  readonly board: SaleBoard;
  readonly seal: TicketSeal;
  readonly statuses: StatusReader;
}

type Decided = Extract<Standing, { kind: "decided" }>;
type Ended = Exclude<Decided["verdict"], { state: "confirmed" }>;
/** What the gate answers to a step that it did not take. */
type Refused = Exclude<PurchaseReply, { kind: "submitted" }> | { readonly kind: "not_a_cart" };

/** `POST /v1/tickets/{ticket}/lines`: adds to the shopper's own cart. */
export function addLines(parts: CartParts): Handler {
  return asShopper(parts, async (request, response, userId) => {
    const owned = ownTicket(parts.seal, request, userId);
    if ("kind" in owned) return owned;
    if (request.headers["idempotency-key"] !== undefined) return malformed([KEY_FAULT]);
    const demand = addedDemandOf(await readJson(request));
    if ("kind" in demand) return demand;
    const { ticket, sealed } = owned;
    const { saleId, checkoutId } = ticket;

    const reply = await parts.admission.addLines({ saleId, checkoutId, userId, demand });
    if (reply.kind === "held") {
      // Which items served "any", the next resync of the board tells.
      parts.board.take(saleId, demand.lines, reply.totals);
      return void sendTicket(response, ticketView(ticket, sealed, reply, null), true);
    }
    const answer = await answerTo(parts, ticket, sealed, reply, "lines");
    if (answer.kind !== "decided") return answer;
    return answer.verdict.state === "confirmed" ? { kind: "not_a_cart" } : endedBy(answer.verdict);
  });
}

const KEY_FAULT = {
  field: "Idempotency-Key",
  message: "is not kept for added lines: leave it out, and where an answer is lost ask for the ticket",
};

/** `POST /v1/tickets/{ticket}/purchase`: sends the shopper's own cart to the judge; again is the same answer. */
export function purchase(parts: CartParts): Handler {
  return asShopper(parts, async (request, response, userId) => {
    const owned = ownTicket(parts.seal, request, userId);
    if ("kind" in owned) return owned;
    const { ticket, sealed } = owned;
    const accept = (standing: Standing) => sendAccepted(response, ticketView(ticket, sealed, standing, null));

    const reply = await purchaseCart(parts, ticket);
    if (reply.kind === "submitted") {
      const held: Standing = { kind: "held", hold: reply.hold };
      const waitMs = waitOf(request);
      if (waitMs === 0) return void accept(held);
      return void accept(await parts.statuses.readOr(held, ticket, waitMs, () => response.destroyed));
    }
    const answer = await answerTo(parts, ticket, sealed, reply, "purchase");
    if (answer.kind !== "decided") return answer;
    return answer.verdict.state === "confirmed" ? void accept(answer) : endedBy(answer.verdict);
  });
}

/**
 * What to say of a step that the gate did not take. A checkout that is not in the gate, or whose gate is shut, may have
 * its verdict: the ledger tells.
 */
async function answerTo(
  parts: CartParts,
  ticket: Ticket,
  sealed: string,
  refused: Refused,
  of: Step,
): Promise<Problem | Decided> {
  switch (refused.kind) {
    case "outcome_unknown":
      return { kind: "outcome_unknown", of, ticket: sealed, statusUrl: statusUrl(sealed) };
    case "expired":
      return { kind: "ticket_expired" };
    case "not_found":
    case "gate_shut": {
      const status = await parts.statuses.ask(ticket);
      if (status.kind === "decided") return status;
      return refused.kind === "gate_shut" && status.kind === "pending" ? refused : NOT_FOUND;
    }
    default:
      return refused;
  }
}

function endedBy(verdict: Ended): Problem {
  switch (verdict.state) {
    case "expired":
      return { kind: "ticket_expired" };
    case "cancelled":
      return { kind: "ticket_cancelled" };
    case "rejected":
      return { kind: "ticket_rejected", reason: verdict.reason };
    default:
      return verdict satisfies never;
  }
}
