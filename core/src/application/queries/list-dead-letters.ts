import type { DeadLetter } from "../../domain/dead-letter.ts";
import type { DeadLetterLedger } from "../ports/dead-letter-ledger.ts";

export interface DeadLettersPage {
  readonly letters: readonly DeadLetter[];
  readonly hasMore: boolean;
}

/** One page of the dead letters that wait, of one sale or of all, from behind `startingAfter`; the oldest first. */
export async function listDeadLetters(
  ledger: Pick<DeadLetterLedger, "deadLetters">,
  page: { readonly saleId: string | null; readonly startingAfter: string | null; readonly limit: number },
): Promise<DeadLettersPage> {
  const { saleId, startingAfter, limit } = page;
  const letters = await ledger.deadLetters({
    ...(saleId === null ? {} : { saleId }),
    ...(startingAfter === null ? {} : { after: startingAfter }),
    limit: limit + 1,
  });
  return { letters: letters.slice(0, limit), hasMore: letters.length > limit };
}
