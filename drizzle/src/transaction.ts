import { setTimeout as wait } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import { ConnectionLost, sqlStateOf } from "./sql-state.ts";

/** How a transaction ends, and what it tells its caller. */
export type Ending<T> = { readonly end: "COMMIT" | "ROLLBACK"; readonly value: T };

export function commit<T>(value: T): Ending<T> {
  return { end: "COMMIT", value };
}

export function rollback<T>(value: T): Ending<T> {
  return { end: "ROLLBACK", value };
}

const BEGIN = {
  /**
   * The planner is left with walks of the keys, which are in key order: whatever it thinks of a table's size, no
   * statement locks rows in another order.
   */
  write: "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off",
  /**
   * All statements see one instant. They sum up whole sales, so tables are hashed: a sale that has just sold out was not
   * analysed yet, and a nested loop chosen for one row would walk it once for every item.
   */
  snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL enable_nestloop = off",
} as const;

const ATTEMPTS_MAX = 6;
/** The first pause between attempts; it doubles. Only a deadlock's victim pauses, so its killer is gone by then. */
const PAUSE_MS = 2;
/** Serialization failure and deadlock: nothing was written, and another try may pass. */
const RETRIED = new Set(["40001", "40P01"]);

/**
 * Runs `work` in one transaction of a connection of its own, which it returns whatever happens; a connection that cannot
 * even roll back is thrown away. Work that met a serialization failure or a deadlock runs again, a bounded number of
 * times, so it must have no effect outside the transaction. Every other error rolls back and is thrown as it is, or within a
 * ConnectionLost; one thrown by COMMIT itself leaves the outcome unknown.
 */
export async function withTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Ending<T>>,
  kind: keyof typeof BEGIN = "write",
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, work, BEGIN[kind]);
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !RETRIED.has(sqlStateOf(error) ?? "")) throw error;
      await wait(PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

async function once<T>(pool: Pool, work: (client: PoolClient) => Promise<Ending<T>>, begin: string): Promise<T> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const { end, value } = await work(client);
    await client.query(end);
    return value;
  } catch (error) {
    broken = await client.query("ROLLBACK").then(
      () => undefined,
      (cause: unknown) => new Error("cannot roll back", { cause }),
    );
    throw broken ? new ConnectionLost(error) : error;
  } finally {
    client.release(broken);
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  return pool.connect().catch((error: unknown) => {
    throw new ConnectionLost(error);
  });
}
