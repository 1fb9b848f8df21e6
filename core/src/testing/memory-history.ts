import type { AttemptQuery, RecordedAttempt, RefusedAttempt } from "../application/ports/ledger.ts";
import type { MemoryLedgerSale } from "./memory-ledger-sale.ts";

/** The attempts of a sale, accepted and refused, latest first. */
export function attemptsOf(
  book: MemoryLedgerSale | undefined,
  refused: readonly RefusedAttempt[],
  { saleId, userId, checkoutId, untilMs = Infinity, skip = 0, limit }: AttemptQuery,
): RecordedAttempt[] {
  return [...(book?.attempts.values() ?? []), ...refused.map((attempt) => ({ ...attempt, checkoutId: null }))]
    .filter((attempt) => attempt.saleId === saleId && attempt.atMs <= untilMs)
    .filter((attempt) => userId === undefined || attempt.userId === userId)
    .filter((attempt) => checkoutId === undefined || attempt.checkoutId === checkoutId)
    .sort(latestFirst)
    .slice(skip, skip + limit);
}

function latestFirst(a: RecordedAttempt, b: RecordedAttempt): number {
  const name = ({ userId, outcome, checkoutId }: RecordedAttempt) => `${userId} ${outcome} ${checkoutId ?? ""}`;
  return b.atMs - a.atMs || (name(a) < name(b) ? -1 : 1);
}
