import { type ContestAnswer, replyOf } from "../../contest/answers.ts";
import { responsesByStatus } from "../by-status.ts";
import { headerNeedsOf, responseHeaders } from "../parameters.ts";
import { type JsonSchema, refTo, type SchemaName } from "../schemas.ts";

/** Everything that the contest's routes answer but a success. */
export type Refusal = Exclude<ContestAnswer["kind"], "done" | "created" | "page">;

/** One of each: what the document shows, and what tells it their statuses and headers. */
const EXAMPLES: Readonly<{ [Kind in Refusal]: ContestAnswer & { readonly kind: Kind } }> = {
  invalid: { kind: "invalid", errors: { user_id: "is required", id: "is required" } },
  already_in_cart: { kind: "already_in_cart", code: "CHK-…" },
  not_in_this_sale: { kind: "not_in_this_sale" },
  user_limit: { kind: "user_limit", unitsLeft: 0 },
  carts_spent: { kind: "carts_spent" },
  not_local: { kind: "not_local" },
  no_sale: { kind: "no_sale" },
  unknown_sale: { kind: "unknown_sale" },
  unknown_item: { kind: "unknown_item" },
  unknown_code: { kind: "unknown_code" },
  item_taken: { kind: "item_taken" },
  sold_out: { kind: "sold_out" },
  already_purchased: { kind: "already_purchased" },
  code_expired: { kind: "code_expired" },
  code_cancelled: { kind: "code_cancelled" },
  code_rejected: { kind: "code_rejected" },
  overlaps: { kind: "overlaps", saleId: "2026112211" },
  too_large: { kind: "too_large" },
  unhealthy: {
    kind: "unhealthy",
    body: {
      services_status: { app: "UP", database: "DOWN", redis: "UP" },
      uptime: 60,
      memory: { alloc: 1, total_alloc: 2, sys: 3 },
    },
  },
  checkout_unknown: { kind: "checkout_unknown" },
  purchase_unknown: { kind: "purchase_unknown" },
  unsettled: { kind: "unsettled" },
  one_moment: { kind: "one_moment" },
  sale_paused: { kind: "sale_paused" },
  unavailable: { kind: "unavailable" },
};

/** The responses of an operation that may answer these, by status. */
export function refusalResponses(kinds: readonly Refusal[]): Readonly<Record<string, JsonSchema>> {
  return responsesByStatus(kinds, (kind) => replyOf(EXAMPLES[kind]).status, responseOf);
}

function responseOf(kinds: readonly Refusal[]): JsonSchema {
  const replies = kinds.map((kind) => replyOf(EXAMPLES[kind]));
  const schemas = [...new Set(kinds.map(schemaOf))].map(refTo);
  const [first, ...others] = schemas;
  return {
    description: replies.map(({ text }, index) => `${messageIn(text) ?? kinds[index]}.`).join(" "),
    headers: responseHeaders(headerNeedsOf(replies.map(headerNamesOf))),
    content: {
      "application/json": {
        schema: others.length === 0 ? first : { anyOf: schemas },
        examples: Object.fromEntries(replies.map(({ text }, index) => [kinds[index], { value: JSON.parse(text) }])),
      },
    },
  };
}

function schemaOf(kind: Refusal): SchemaName {
  return kind === "unhealthy" ? "ContestHealth" : "ContestRefusal";
}

function messageIn(text: string): string | undefined {
  return (JSON.parse(text) as { readonly message?: string }).message;
}

function headerNamesOf({ headers = {} }: ReturnType<typeof replyOf>): readonly string[] {
  return ["cache-control", ...Object.keys(headers)];
}
