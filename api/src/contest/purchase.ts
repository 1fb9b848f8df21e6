import { setTimeout as pause } from "node:timers/promises";
import {
  type PurchaseReply,
  purchaseCart,
  purchaseResult,
  type SaleBoard,
  type Ticket,
  type Verdict,
} from "@flashgate/core";
import type { Standing } from "../status-reader.ts";
import type { ContestAnswer } from "./answers.ts";
import type { ContestHandler, ContestParts } from "./desk.ts";
import { formatItemName } from "./item-name.ts";
import { fieldsOf } from "./request-fields.ts";

/** Longest wait for the settlement. */
const SETTLE_MS_MAX = 25_000;
/** So long the verdict is waited for before anybody asks the ledger: as a rule it has been heard of by then. */
const HEARD_MS_MAX = 1_000;

/** How often, and how many times, a stopping api looks for a verdict: together less than it has to stop. */
const LOOK_MS = 100;
const LOOKS_MAX = 50;

type Decided = Extract<Standing, { readonly kind: "decided" }>;

/** `POST /purchase?code=`: buys a cart, once, and answers with what the judge said. */
export function purchase(parts: ContestParts): ContestHandler {
  return async (request, abandoned) => {
    const fields = await fieldsOf(request, ["code"]);
    if (!fields) return { kind: "too_large" };
    const { code } = fields;
    if (code === undefined) return { kind: "invalid", errors: { code: "is required" } };
    const ticket = parts.contest.codes.open(code);
    if (!ticket) return { kind: "unknown_code" };

    const reply = await purchaseCart(parts, ticket);
    if (reply.kind !== "submitted") return answerTo(parts, ticket, reply);
    if (reply.again) return { kind: "already_purchased" };
    // What was submitted does not grow any more: a verdict that is heard of says enough.
    const bought = { ...ticket, lines: reply.hold.lines };
    await parts.verdicts.wait(ticket.checkoutId, HEARD_MS_MAX);
    let standing = await parts.statuses.read(bought, SETTLE_MS_MAX - HEARD_MS_MAX, abandoned);
    // A stopping api sends those who wait away; here the answer is the only one there will be.
    for (let look = 0; standing.kind !== "decided" && parts.verdicts.closed && look < LOOKS_MAX; look += 1) {
      await pause(LOOK_MS);
      standing = await parts.statuses.read(bought, 0, abandoned);
    }
    if (standing.kind !== "decided") return { kind: "unsettled" };
    if (standing.verdict.state === "confirmed") parts.contest.metrics.purchased();
    return { kind: "done", body: receiptOf(parts.board, ticket.saleId, standing) };
  };
}

/** A code whose checkout the gate does not hold, or whose gate is shut, may have its verdict: the ledger tells. */
async function answerTo(
  parts: ContestParts,
  ticket: Ticket,
  refused: Exclude<PurchaseReply, { readonly kind: "submitted" }>,
): Promise<ContestAnswer> {
  switch (refused.kind) {
    case "outcome_unknown":
      return { kind: "purchase_unknown" };
    case "expired":
      return { kind: "code_expired" };
    case "not_found":
    case "gate_shut": {
      const status = await parts.statuses.ask(ticket);
      if (status.kind === "decided") return endedBy(status.verdict);
      return { kind: refused.kind === "gate_shut" && status.kind === "pending" ? "one_moment" : "unknown_code" };
    }
    default:
      throw new Error(`a purchase was answered ${refused.kind}`);
  }
}

function endedBy(verdict: Verdict): ContestAnswer {
  switch (verdict.state) {
    case "confirmed":
      return { kind: "already_purchased" };
    case "expired":
      return { kind: "code_expired" };
    case "cancelled":
      return { kind: "code_cancelled" };
    case "rejected":
      return { kind: "code_rejected" };
    default:
      return verdict satisfies never;
  }
}

function receiptOf(board: SaleBoard, saleId: string, { verdict, lines }: Decided): object {
  const result = purchaseResult(verdict, lines);
  const items = result.lines.map(({ itemId, sold }) => ({
    id: formatItemName({ saleId, itemId }),
    name: board.item(saleId, itemId)?.name ?? itemId,
    sold,
  }));
  const facts = {
    success: result.success,
    purchased_items: items,
    total_purchased: result.totalPurchased,
    failed_count: result.failedCount,
  };
  const successful = items.filter(({ sold }) => sold).map(({ id }) => id);
  return { ...facts, data: { ...facts, successful_items: successful } };
}
