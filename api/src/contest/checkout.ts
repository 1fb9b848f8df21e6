import { type FillCartOutcome, fillCart, type SaleView, unitsOf } from "@flashgate/core";
import { USER_ID, USER_ID_WORDS } from "../authentication/authenticator.ts";
import { madeAtMs } from "../ids.ts";
import { note } from "../request-note.ts";
import type { ContestAnswer } from "./answers.ts";
import { activeSale, type ContestHandler, type ContestParts } from "./desk.ts";
import { parseItemName } from "./item-name.ts";
import { fieldsOf } from "./request-fields.ts";

const REQUIRED = "is required";

/** `POST /checkout?user_id=&id=`: reserves an item in the user's open cart; `item_id` is another name of `id`. */
export function checkout(parts: ContestParts): ContestHandler {
  return async (request) => {
    const fields = await fieldsOf(request, ["user_id", "id"]);
    if (!fields) return { kind: "too_large" };
    const { user_id: userId, id } = fields;
    if (userId === undefined || id === undefined || !USER_ID.test(userId)) return invalid(userId, id);
    note(request, { userId });

    const nowMs = parts.clock.nowMs();
    const view = activeSale(parts.board, nowMs);
    if (!view) return { kind: "no_sale" };
    const name = parseItemName(id);
    if (!name || !parts.board.item(name.saleId, name.itemId)) return { kind: "unknown_item" };
    const saleId = view.sale.id;
    if (name.saleId !== saleId) return { kind: "not_in_this_sale" };

    note(request, { saleId });
    const { itemId } = name;
    const fromTurn = parts.contest.turns.of(saleId, userId);
    const outcome = await fillCart(parts, { saleId, userId, itemId, fromTurn });
    return answerTo(parts, view, { userId, itemId, atMs: nowMs }, outcome);
  };
}

function invalid(userId: string | undefined, id: string | undefined): ContestAnswer {
  const user = userId === undefined ? REQUIRED : USER_ID.test(userId) ? null : `must be ${USER_ID_WORDS}`;
  return {
    kind: "invalid",
    errors: { ...(user ? { user_id: user } : {}), ...(id === undefined ? { id: REQUIRED } : {}) },
  };
}

function answerTo(
  parts: ContestParts,
  { sale }: SaleView,
  { userId, itemId, atMs }: { readonly userId: string; readonly itemId: string; readonly atMs: number },
  outcome: FillCartOutcome,
): ContestAnswer {
  const saleId = sale.id;
  switch (outcome.kind) {
    case "filled": {
      parts.board.take(saleId, [{ itemId, quantity: 1 }], outcome.totals);
      parts.contest.turns.note(saleId, userId, outcome.turn);
      const facts = {
        code: codeOf(parts, saleId, userId, outcome),
        items_count: unitsOf(outcome.hold.lines),
        sale_ends_at: new Date(sale.closesAtMs).toISOString(),
      };
      return { kind: "done", body: { ...facts, data: facts } };
    }
    case "already_in_cart":
      return { kind: "already_in_cart", code: codeOf(parts, saleId, userId, outcome) };
    case "carts_spent":
      return outcome;
    default:
      parts.attempts?.note(sale, { userId, units: 1, outcome: outcome.kind, atMs });
      return refused(outcome);
  }
}

function refused(
  outcome: Exclude<FillCartOutcome, { kind: "filled" | "already_in_cart" | "carts_spent" }>,
): ContestAnswer {
  switch (outcome.kind) {
    case "outcome_unknown":
      return { kind: "checkout_unknown" };
    case "gate_shut":
    case "backlog_full":
      return { kind: "one_moment" };
    case "sale_not_open":
    case "sale_closed":
      return { kind: "no_sale" };
    case "unknown_item":
    case "sale_paused":
    case "sold_out":
    case "item_taken":
    case "user_limit":
      return outcome;
    default:
      return outcome satisfies never;
  }
}

function codeOf(
  { contest }: ContestParts,
  saleId: string,
  userId: string,
  { checkoutId, epoch }: { readonly checkoutId: string; readonly epoch: number },
): string {
  return contest.codes.seal({ checkoutId, saleId, epoch, userId, reservedAtMs: madeAtMs(checkoutId) });
}
