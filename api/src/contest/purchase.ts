import { setTimeout as pause } from "node:timers/promises";
import {
  type Hold,
  type PurchaseReply,
  purchaseCart,
  purchaseResult,
  type SaleBoard,
  type Ticket,
  type Verdict,
} from "@flashgate/core";
import { noteTicket } from "../routes/tickets.ts";
import type { Standing } from "../status-reader.ts";
import type { ContestAnswer } from "./answers.ts";
import type { ContestHandler, ContestParts } from "./desk.ts";
import { formatItemName } from "./item-name.ts";
import { fieldsOf } from "./request-fields.ts";

/** Longest wait for the settlement; a stopping api has less. */
const SETTLE_MS_MAX = 25_000;
const STOPPING_LOOKS_MAX = 15;
/** So long the verdict is waited for before anybody asks the ledger: as a rule it has been heard of by then. */
const HEARD_MS_MAX = 1_000;
/** How often it is looked again where waiting is not possible: the ledger is away, or the api stops. */
const LOOK_MS = 200;

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
    noteTicket(request, ticket);

    const reply = await purchaseCart(parts, ticket);
    if (reply.kind !== "submitted") return answerTo(parts, ticket, reply);
    if (reply.again) return { kind: "already_purchased" };
    const decided = await settled(parts, ticket, reply.hold, abandoned);
    if (!decided) return { kind: "unsettled" };
    if (decided.verdict.state === "confirmed") parts.contest.metrics.purchased();
    return { kind: "done", body: receiptOf(parts.board, ticket.saleId, decided) };
  };
}

/** The verdict on a checkout that was submitted; null where it takes too long. This answer is the only one there will be. */
async function settled(
  { clock, statuses, verdicts }: ContestParts,
  ticket: Ticket,
  hold: Hold,
  abandoned: () => boolean,
): Promise<Decided | null> {
  const untilMs = clock.nowMs() + SETTLE_MS_MAX;
  // What was submitted does not grow any more: a verdict that is heard of says enough.
  const bought = { ...ticket, lines: hold.lines };
  await verdicts.wait(ticket, HEARD_MS_MAX, abandoned);
  for (let stoppingLooks = 0; stoppingLooks < STOPPING_LOOKS_MAX; stoppingLooks += verdicts.closed ? 1 : 0) {
    const leftMs = Math.max(0, untilMs - clock.nowMs());
    const standing = await statuses.readOr({ kind: "held", hold }, bought, leftMs, abandoned);
    if (standing.kind === "decided") return standing;
    if (leftMs === 0 || abandoned()) return null;
    await pause(LOOK_MS);
  }
  return null;
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
