import type { Pool } from "pg";
import { isUnacceptable } from "../sql-state.ts";
import { rollback, withTransaction } from "../transaction.ts";
import { type Entry, enter } from "./entries.ts";
import { statementsOf } from "./statements.ts";

/**
 * Does the work with the whole list or, where the database cannot take some of it at all, with the rest: one checkout
 * that cannot be written must not keep the others from what is to be done. An error that is not the list's fault is
 * thrown.
 */
export async function withAcceptable<T, Result>(
  target: { readonly pool: Pool; readonly saleId: string; readonly entryOf: (each: T) => Entry },
  list: readonly T[],
  work: (part: readonly T[]) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(list);
  } catch (error) {
    if (!isUnacceptable(error)) throw error;
    const enters = async (part: readonly T[]) => {
      const entries = part.map(target.entryOf);
      await withTransaction(target.pool, async (client) =>
        rollback(await enter(statementsOf(client), target.saleId, entries)),
      );
    };
    const accepted = await acceptedBy(enters, list);
    if (accepted.length === list.length) throw error;
    return work(accepted);
  }
}

/** Those that can be entered, tried and rolled back in ever smaller parts. */
async function acceptedBy<T>(enters: (part: readonly T[]) => Promise<void>, list: readonly T[]): Promise<readonly T[]> {
  try {
    await enters(list);
    return list;
  } catch (error) {
    if (!isUnacceptable(error)) throw error;
    if (list.length === 1) return [];
  }
  const half = Math.ceil(list.length / 2);
  return [...(await acceptedBy(enters, list.slice(0, half))), ...(await acceptedBy(enters, list.slice(half)))];
}
