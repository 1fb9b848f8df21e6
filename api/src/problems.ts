import type { Refusal, RejectReason } from "@flashgate/core";
import type { ProblemBody } from "./openapi/bodies/problem.ts";

/** One field that was not usable, and how to mend it. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** What a shopper may do whose answer can get lost. */
export type Step = "checkout" | "lines" | "purchase";

/** Everything that can be answered but a success. */
export type Problem =
  | { readonly kind: "malformed"; readonly detail: string; readonly faults?: readonly FieldFault[] }
  | { readonly kind: "unauthenticated"; readonly detail: string; readonly challenge: string }
  | { readonly kind: "rate_limited"; readonly policy: "user" | "address"; readonly waitS: number }
  | { readonly kind: "not_found"; readonly what: "sale" | "item" | "ticket" | "order" | "checkout" | "route" }
  | { readonly kind: "method_not_allowed"; readonly allow: string }
  | { readonly kind: "already_confirmed" }
  | { readonly kind: "not_a_cart" }
  | { readonly kind: "not_writable" }
  | { readonly kind: "ticket_expired" }
  | { readonly kind: "ticket_cancelled" }
  | { readonly kind: "ticket_rejected"; readonly reason: RejectReason }
  | { readonly kind: "too_large"; readonly detail?: string }
  | { readonly kind: "wrong_type"; readonly detail: string }
  | { readonly kind: "outcome_unknown"; readonly of: Step; readonly ticket: string; readonly statusUrl: string }
  | { readonly kind: "too_many_streams" }
  | { readonly kind: "unavailable" }
  | Exclude<Refusal, { readonly kind: "outcome_unknown" }>;

/** What clients go by: stable. */
export type ProblemCode =
  | Exclude<Problem["kind"], "not_found">
  | `${Extract<Problem, { kind: "not_found" }>["what"]}_not_found`;

export function codeOf(problem: Problem): ProblemCode {
  return problem.kind === "not_found" ? `${problem.what}_not_found` : problem.kind;
}

/** A 400 that names each field. */
export function malformed(faults: readonly FieldFault[]): Problem {
  return { kind: "malformed", detail: faults.map(({ field, message }) => `${field} ${message}`).join("; "), faults };
}

/** What a problem is in HTTP. */
export interface Answer {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly more?: Partial<ProblemBody>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds after which trying again makes sense; spread out, so that a crowd does not come back as one. */
  readonly retryAfterS?: number;
}

/** The one table of which problem is which status. */
export function answerOf(problem: Problem): Answer {
  switch (problem.kind) {
    case "malformed": {
      const more = problem.faults ? { errors: [...problem.faults] } : {};
      return { status: 400, title: "The request is not usable", detail: problem.detail, more };
    }
    case "unknown_item": {
      const fault = { field: "items[].item_id", message: `"${problem.itemId}" is not an item of this sale` };
      return { status: 400, title: "No such item", detail: fault.message, more: { errors: [fault] } };
    }
    case "unauthenticated": {
      const { detail, challenge } = problem;
      return { status: 401, title: "Who is asking?", detail, headers: { "www-authenticate": challenge } };
    }
    case "user_limit": {
      const detail = `The limit of this sale is reached: ${problem.unitsLeft} more for this shopper, what is held included.`;
      return { status: 403, title: "Over the limit", detail, more: { units_left: problem.unitsLeft } };
    }
    case "not_found":
      return { status: 404, title: "Not found", detail: `There is no such ${problem.what}.` };
    case "method_not_allowed":
      return { status: 405, title: "Not this way", detail: `Use ${problem.allow}.`, headers: { allow: problem.allow } };
    case "sold_out": {
      const detail = "Not enough is left. Stock may come back while checkouts are being settled.";
      return { status: 409, title: "Sold out", detail };
    }
    case "item_taken": {
      const detail = `Not enough of item "${problem.itemId}" is left.`;
      return { status: 409, title: "Item taken", detail, more: { item_id: problem.itemId } };
    }
    case "sale_not_open":
      return { status: 409, title: "Not open yet", detail: "The sale has not begun." };
    case "sale_closed":
      return { status: 409, title: "Over", detail: "The sale is over." };
    case "already_confirmed": {
      const detail = "The checkout has become an order and cannot be cancelled.";
      return { status: 409, title: "Already confirmed", detail };
    }
    case "not_a_cart":
      return { status: 409, title: "Not a cart", detail: "The checkout was purchased: nothing can be added any more." };
    case "not_writable":
      return { status: 409, title: "Not writable", detail: "A fault keeps the ledger from a verdict: mend it first." };
    case "ticket_expired": {
      const detail = "The time for it is over; what was reserved has been given back.";
      return { status: 409, title: "Expired", detail };
    }
    case "ticket_cancelled":
      return { status: 409, title: "Cancelled", detail: "The checkout was cancelled before." };
    case "ticket_rejected": {
      const detail = "The checkout was turned down; nothing of it was sold.";
      return { status: 409, title: "Rejected", detail, more: { reason: problem.reason } };
    }
    case "too_large":
      return { status: 413, title: "Too large", detail: problem.detail ?? "A checkout fits into 2 KB." };
    case "wrong_type":
      return { status: 415, title: "Wrong type", detail: problem.detail };
    case "key_reused": {
      const detail = "This Idempotency-Key came with another request before: use a new one.";
      return { status: 422, title: "Key used before", detail };
    }
    case "rate_limited": {
      const detail = `More requests than one ${problem.policy} may send. Nothing was done.`;
      const more = { "violated-policies": [problem.policy] };
      return { status: 429, title: "Too many requests", detail, more, retryAfterS: problem.waitS };
    }
    default:
      return unavailable(problem);
  }
}

/** What an RFC 9457 problem says. */
export function problemBody(problem: Problem, requestId: string, answer: Answer = answerOf(problem)): ProblemBody {
  const { status, title, detail, more } = answer;
  const code = codeOf(problem);
  return { type: `/problems/${code}`, title, status, code, detail, ...more, request_id: requestId };
}

/** What may have happened though no answer came, and how to find out without doing it twice. */
const UNKNOWN: Readonly<Record<Step, string>> = {
  checkout:
    "The reservation may have happened. Ask for its ticket, or send the same request with the same Idempotency-Key.",
  lines: "The items may have been added. Ask for the ticket before sending them again: again would add them twice.",
  purchase: "The purchase may have happened. Send it again: it happens once.",
};

/** Nothing was decided against the shopper: come back. */
function unavailable(
  problem: Extract<
    Problem,
    { kind: "outcome_unknown" | "gate_shut" | "backlog_full" | "sale_paused" | "too_many_streams" | "unavailable" }
  >,
): Answer {
  switch (problem.kind) {
    case "outcome_unknown": {
      const detail = UNKNOWN[problem.of];
      const more = { ticket: problem.ticket, links: { self: problem.statusUrl } };
      return {
        status: 503,
        title: "No answer in time",
        detail,
        more,
        headers: { location: problem.statusUrl },
        retryAfterS: 1,
      };
    }
    case "gate_shut":
      return {
        status: 503,
        title: "One moment",
        detail: "The sale's gate is being recovered. Nothing was done.",
        retryAfterS: 1,
      };
    case "backlog_full":
      return {
        status: 503,
        title: "One moment",
        detail: "Too many checkouts wait to be settled. Nothing was reserved.",
        retryAfterS: 2,
      };
    case "sale_paused":
      return { status: 503, title: "Paused", detail: "The sale is paused. Nothing was reserved.", retryAfterS: 5 };
    case "too_many_streams":
      return { status: 503, title: "Streams are full", detail: "Ask without a stream, or try later.", retryAfterS: 5 };
    case "unavailable":
      return { status: 503, title: "One moment", detail: "Something this needs is away. Try again.", retryAfterS: 2 };
    default:
      return problem satisfies never;
  }
}
