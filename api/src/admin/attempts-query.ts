import type { RecordedAttempt } from "@flashgate/core";
import { z } from "zod";
import { USER_ID, USER_ID_WORDS } from "../authentication/authenticator.ts";
import { limit } from "../list-query.ts";

/** A place among attempts, which have no id: a moment, and how many of that moment came before. */
const CURSOR = /^(\d{1,15})-(\d{1,9})$/;

/** The query of a list of attempts. */
export const attemptsQuery = z.strictObject({
  limit,
  user_id: z.string().regex(USER_ID, `must be ${USER_ID_WORDS}`).optional(),
  starting_after: z.string().regex(CURSOR, "must be the next_starting_after of a page before").optional(),
});

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
