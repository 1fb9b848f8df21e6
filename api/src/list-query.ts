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
