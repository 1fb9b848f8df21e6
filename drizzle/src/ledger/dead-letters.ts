import { type DeadLetter, type DeadLetterQuery, type FailedTry, type SettleFailure, TRIES_MAX } from "@flashgate/core";
import type { Pool } from "pg";
import { statementsOf } from "./statements.ts";

export async function recordFailure(pool: Pool, { saleId, epoch, hold, cause }: SettleFailure): Promise<FailedTry> {
  const [row] = await statementsOf(pool).recordFailure.execute({
    saleId,
    checkoutId: storable(hold.checkoutId),
    userId: storable(hold.userId),
    epoch,
    cause: storable(cause),
    triesMax: TRIES_MAX,
  });
  if (!row) throw new Error(`the failure of checkout ${hold.checkoutId} left no row`);
  return { tries: row.tries, dead: row.deadAtMs !== null };
}

export async function deadAmong(pool: Pool, saleId: string, checkoutIds: readonly string[]): Promise<string[]> {
  const rows = await statementsOf(pool).deadAmong.execute({ saleId, checkoutIds: checkoutIds.map(storable) });
  const dead = new Set(rows.map((row) => row.checkoutId));
  return checkoutIds.filter((checkoutId) => dead.has(storable(checkoutId)));
}

export async function revive(pool: Pool, saleId: string, checkoutIds: readonly string[]): Promise<void> {
  await statementsOf(pool).reviveDead.execute({ saleId, checkoutIds: checkoutIds.map(storable) });
}

export function deadLetters(pool: Pool, { saleId, after, limit }: DeadLetterQuery): Promise<DeadLetter[]> {
  return statementsOf(pool).deadLettersOf.execute({ ofSale: saleId ?? null, after: after ?? "", limit });
}

export async function countDeadLetters(pool: Pool): Promise<number> {
  const [row] = await statementsOf(pool).countDead.execute();
  return row?.count ?? 0;
}

export async function failureOf(pool: Pool, checkoutId: string): Promise<DeadLetter | null> {
  const [row] = await statementsOf(pool).failureOf.execute({ checkoutId: storable(checkoutId) });
  return row ?? null;
}

/** A letter must not fail for what made its checkout fail: text of Postgres holds anything but this. */
function storable(text: string): string {
  return text.replaceAll("\0", "\u{fffd}");
}
