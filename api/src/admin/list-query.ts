import { ITEM_ID, type RecordedAttempt } from "@flashgate/core";
import { z } from "zod";
import { faultOf } from "../field-faults.ts";
import { malformed, type Problem } from "../responses.ts";

const LIST_MAX = 100;
const LIST_DEFAULT = 50;

const limit = z.coerce
  .number("must be a number")
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(LIST_MAX, `must be at most ${LIST_MAX}`)
  .default(LIST_DEFAULT);

const salesQuery = z.strictObject({
  limit,
  starting_after: z.string().regex(ITEM_ID, "must be a sale's id").optional(),
});

/** A place among attempts, which have no id: a moment, and how many of that moment came before. */
const CURSOR = /^(\d{1,15})-(\d{1,9})$/;

const attemptsQuery = z.strictObject({
  limit,
  user_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -")
    .optional(),
  starting_after: z.string().regex(CURSOR, "must be the next_starting_after of a page before").optional(),
});

/** The query of a list of sales, or what is wrong with it. */
export function salesQueryOf(query: unknown): z.infer<typeof salesQuery> | Problem {
  return parsed(salesQuery, query);
}

/** The query of a list of attempts, or what is wrong with it. */
export function attemptsQueryOf(query: unknown): z.infer<typeof attemptsQuery> | Problem {
  return parsed(attemptsQuery, query);
}

function parsed<Query>(schema: z.ZodType<Query>, query: unknown): Query | Problem {
  const { success, data, error } = schema.safeParse(query);
  return success ? data : malformed(error.issues.map(faultOf));
}

/** Where a page of attempts begins. */
export function placeOf(cursor: string | undefined): { readonly untilMs?: number; readonly skip: number } {
  const [, atMs, skip] = CURSOR.exec(cursor ?? "") ?? [];
  return atMs === undefined ? { skip: 0 } : { untilMs: Number(atMs), skip: Number(skip) };
}

/** Where the page after these attempts begins, which are not none and began at `cursor`. */
export function cursorAfter(page: readonly RecordedAttempt[], cursor: string | undefined): string {
  const atMs = page.at(-1)?.atMs ?? 0;
  const { untilMs, skip } = placeOf(cursor);
  const seen = page.filter((attempt) => attempt.atMs === atMs).length;
  return `${atMs}-${seen + (untilMs === atMs ? skip : 0)}`;
}
