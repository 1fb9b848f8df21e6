import type { Response } from "express";
import { JSON_TYPE, PRIVATE, send } from "../responses.ts";

/** What is wrong, by the name of the field. */
export type Errors = Readonly<Record<string, string>>;

/** Everything that the contest's routes answer. */
export type ContestAnswer =
  | { readonly kind: "done"; readonly body: object }
  | { readonly kind: "created"; readonly body: object }
  | { readonly kind: "page"; readonly type: string; readonly text: string }
  | { readonly kind: "invalid"; readonly errors: Errors }
  | { readonly kind: "already_in_cart"; readonly code: string }
  | { readonly kind: "not_in_this_sale" }
  | { readonly kind: "user_limit"; readonly unitsLeft: number }
  | { readonly kind: "carts_spent" }
  | { readonly kind: "not_local" }
  | { readonly kind: "no_sale" }
  | { readonly kind: "unknown_sale" }
  | { readonly kind: "unknown_item" }
  | { readonly kind: "unknown_code" }
  | { readonly kind: "item_taken" }
  | { readonly kind: "sold_out" }
  | { readonly kind: "already_purchased" }
  | { readonly kind: "code_expired" }
  | { readonly kind: "code_cancelled" }
  | { readonly kind: "code_rejected" }
  | { readonly kind: "overlaps"; readonly saleId: string }
  | { readonly kind: "too_large" }
  | { readonly kind: "unhealthy"; readonly body: object }
  | ComeAgain;

/** Nothing was decided against who asks. */
type ComeAgain = {
  readonly kind: "checkout_unknown" | "purchase_unknown" | "unsettled" | "one_moment" | "sale_paused" | "unavailable";
};

export interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends an answer in the contest's words: `{message, errors}` wherever it is not a success. */
export function sendContest(response: Response, answer: ContestAnswer): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, type = JSON_TYPE, text, headers } = replyOf(answer);
  send(response, status, type, text, { ...PRIVATE, ...headers });
}

/** What an answer is in HTTP. */
export function replyOf(answer: ContestAnswer): Reply {
  switch (answer.kind) {
    case "done":
      return { status: 200, text: JSON.stringify(answer.body) };
    case "created":
      return { status: 201, text: JSON.stringify(answer.body) };
    case "page":
      return { status: 200, type: answer.type, text: answer.text };
    case "invalid":
    case "already_in_cart":
    case "not_in_this_sale":
    case "user_limit":
    case "carts_spent":
      return invalid(answer);
    case "not_local":
      return refusal(403, "this route answers only on the machine that it runs on");
    case "no_sale":
      return refusal(404, "no sale is active: not found");
    case "unknown_sale":
      return refusal(404, "sale not found");
    case "unknown_item":
      return refusal(404, "item not found", { id: "is not an item of any sale" });
    case "unknown_code":
      return refusal(404, "code not found", { code: "is not a code of any checkout" });
    case "too_large":
      return refusal(413, "the body is too large: a request fits into 2 KB");
    case "unhealthy":
      return { status: 503, text: JSON.stringify(answer.body), headers: { "retry-after": "1" } };
    default:
      return conflict(answer);
  }
}

type Kind<Name extends ContestAnswer["kind"]> = Extract<ContestAnswer, { readonly kind: Name }>;

/** What the client got wrong. */
function invalid(
  answer: Kind<"invalid" | "already_in_cart" | "not_in_this_sale" | "user_limit" | "carts_spent">,
): Reply {
  switch (answer.kind) {
    case "invalid": {
      const faults = Object.entries(answer.errors).map(([field, fault]) => `${field} ${fault}`);
      return refusal(400, faults.join("; "), answer.errors);
    }
    case "already_in_cart":
      return refusal(400, "item already checked out", { id: "is in your checkout already" }, { code: answer.code });
    case "not_in_this_sale":
      return refusal(400, "item is not in this sale", { id: "is an item of another sale" });
    case "user_limit": {
      const left = `${answer.unitsLeft} more in this sale, what is checked out included`;
      return refusal(400, "user limit exceeded", { user_id: `has reached the limit: ${left}` });
    }
    case "carts_spent":
      return refusal(400, "checkout limit exceeded", { user_id: "has let too many checkouts of this sale expire" });
    default:
      return answer satisfies never;
  }
}

/** What somebody, or the same client before, was first at; and what is nobody's fault. */
function conflict(
  answer:
    | Kind<"item_taken" | "sold_out" | "already_purchased" | "code_expired" | "code_cancelled" | "code_rejected">
    | Kind<"overlaps">
    | ComeAgain,
): Reply {
  switch (answer.kind) {
    case "item_taken":
      return refusal(409, "item is taken or sold", { id: "is taken or sold" });
    case "sold_out":
      return refusal(409, "sold out: not enough is left");
    case "already_purchased":
      return refusal(409, "code was already purchased", { code: "was used before: nothing changed" });
    case "code_expired":
      return refusal(409, "checkout has expired", { code: "has expired: its items have been given back" });
    case "code_cancelled":
      return refusal(409, "checkout was cancelled", { code: "was cancelled: its items have been given back" });
    case "code_rejected":
      return refusal(409, "checkout was turned down", { code: "was turned down: nothing of it was sold" });
    case "overlaps":
      return refusal(409, `the window overlaps sale ${answer.saleId}`, {
        started_at: "must not lie in another sale's window, nor the window around one",
      });
    default:
      return comeAgain(answer);
  }
}

function comeAgain(answer: ComeAgain): Reply {
  switch (answer.kind) {
    case "checkout_unknown":
      return later("the item may have been checked out: send the same request again");
    case "purchase_unknown":
      return later("the purchase may have happened: send it again, it happens once");
    case "unsettled":
      return later("the purchase was taken and will be settled: its items must not be checked out again");
    case "one_moment":
      return later("the sale is being recovered or too busy: nothing was done");
    case "sale_paused":
      return later("the sale is paused: nothing was done");
    case "unavailable":
      return later("something that this needs is away: try again");
    default:
      return answer.kind satisfies never;
  }
}

function later(message: string): Reply {
  return { ...refusal(503, message), headers: { "retry-after": "1" } };
}

function refusal(status: number, message: string, errors: Errors = {}, more: object = {}): Reply {
  return { status, text: JSON.stringify({ message, errors, ...more }) };
}
