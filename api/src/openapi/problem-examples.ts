import type { Problem, ProblemCode } from "../problems.ts";

const SEALED = "v1.1.…";

/** One of each problem: what the document shows, and what tells it their statuses and headers. */
export const PROBLEM_EXAMPLES: Readonly<Record<ProblemCode, Problem>> = {
  malformed: {
    kind: "malformed",
    detail: "items must name at least one item",
    faults: [{ field: "items", message: "must name at least one item" }],
  },
  unknown_item: { kind: "unknown_item", itemId: "i10001" },
  unauthenticated: {
    kind: "unauthenticated",
    detail: "Send a token: Authorization: Bearer <JWT>.",
    challenge: 'Bearer realm="flashgate"',
  },
  user_limit: { kind: "user_limit", unitsLeft: 0 },
  sale_not_found: { kind: "not_found", what: "sale" },
  item_not_found: { kind: "not_found", what: "item" },
  ticket_not_found: { kind: "not_found", what: "ticket" },
  order_not_found: { kind: "not_found", what: "order" },
  checkout_not_found: { kind: "not_found", what: "checkout" },
  route_not_found: { kind: "not_found", what: "route" },
  method_not_allowed: { kind: "method_not_allowed", allow: "GET, HEAD, OPTIONS" },
  sold_out: { kind: "sold_out" },
  item_taken: { kind: "item_taken", itemId: "i00042" },
  sale_not_open: { kind: "sale_not_open" },
  sale_closed: { kind: "sale_closed" },
  already_confirmed: { kind: "already_confirmed" },
  not_a_cart: { kind: "not_a_cart" },
  not_writable: { kind: "not_writable" },
  ticket_expired: { kind: "ticket_expired" },
  ticket_cancelled: { kind: "ticket_cancelled" },
  ticket_rejected: { kind: "ticket_rejected", reason: "gate_lost" },
  too_large: { kind: "too_large" },
  wrong_type: { kind: "wrong_type", detail: "Content-Type must be application/json" },
  key_reused: { kind: "key_reused" },
  rate_limited: { kind: "rate_limited", policy: "user", waitS: 4 },
  outcome_unknown: { kind: "outcome_unknown", of: "checkout", ticket: SEALED, statusUrl: `/v1/tickets/${SEALED}` },
  gate_shut: { kind: "gate_shut" },
  backlog_full: { kind: "backlog_full" },
  sale_paused: { kind: "sale_paused" },
  too_many_streams: { kind: "too_many_streams" },
  unavailable: { kind: "unavailable" },
};
