import { ITEM_ID, ORDER_ID } from "@flashgate/core";
import type { Request } from "express";
import { z } from "zod";
import { faultOf } from "./field-faults.ts";
import { malformed, type Problem } from "./problems.ts";

const LIST_MAX = 100;
const LIST_DEFAULT = 50;

/** How many entries a page of a list has. */
export const limit = z.coerce
  .number("must be a number")
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(LIST_MAX, `must be at most ${LIST_MAX}`)
  .default(LIST_DEFAULT);

export const itemsQuery = z
  .strictObject({
    limit,
    starting_after: z.string().regex(ITEM_ID, "must be an item's id").optional(),
    starting_at: z.coerce
      .number("must be a position")
      .int("must be a position")
      .min(1, "must be at least 1")
      .optional(),
    available: z.enum(["true", "false"], 'must be "true" or "false"').default("false"),
  })
  .refine((query) => query.starting_after === undefined || query.starting_at === undefined, {
    path: ["starting_at"],
    message: "cannot be used with starting_after",
  });

const sale = z.string().regex(ITEM_ID, "must be a sale's id").optional();

export const salesQuery = z.strictObject({
  limit,
  starting_after: sale,
});

export const deadLettersQuery = z.strictObject({
  limit,
  sale,
  starting_after: z.string().regex(ORDER_ID, "must be a checkout's id").optional(),
});

/** What may be done to one sale, or to all. */
export const ofSaleQuery = z.strictObject({ sale });

export const ordersQuery = z.strictObject({
  limit,
  starting_after: z.string().regex(ORDER_ID, "must be an order's id").optional(),
});

/** A request's query by its schema, or the problem that names each field at fault. */
export function queryOf<Query>(
  schema: z.ZodType<Query>,
  request: Request,
): { readonly kind: "query"; readonly query: Query } | Problem {
  const parsed = schema.safeParse(request.query);
  if (parsed.success) return { kind: "query", query: parsed.data };
  return malformed(parsed.error.issues.map((issue) => faultOf(issue, "query")));
}

/** The header that names the next page, where there is one. */
export function linkTo(next: string, hasMore: boolean): { link?: string } {
  return hasMore ? { link: `<${next}>; rel="next"` } : {};
}
