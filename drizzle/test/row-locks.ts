import type { Pool } from "pg";
import { countLockWaits } from "./lock-waits.ts";

/** A row that others are made to wait for: one that is there, or a key that somebody is just about to take. */
export interface Row {
  readonly saleId: string;
  readonly of: "checkouts" | "no checkout yet" | "no buyer yet" | "items" | "sales";
  readonly id?: string;
}

const HOLDS: Readonly<Record<Row["of"], string>> = {
  checkouts: "SELECT FROM flashgate.checkouts WHERE sale_id = $1 AND id = $2::uuid FOR UPDATE",
  "no checkout yet": `INSERT INTO flashgate.checkouts
    (sale_id, id, user_id, units, key, fingerprint, epoch, state, decided_at)
    VALUES ($1, $2, 'nobody', 0, '', '', 1, 'cancelled', now())`,
  "no buyer yet": "INSERT INTO flashgate.buyers (sale_id, user_id, units) VALUES ($1, $2, 0)",
  items: "SELECT FROM flashgate.items WHERE sale_id = $1 AND id = $2 FOR UPDATE",
  sales: "SELECT FROM flashgate.sales WHERE id = $1 AND $2 = '' FOR UPDATE",
};

/** Does `work` while a transaction of its own has the row, and then rolls that back, whatever comes of it. */
export async function whileHeld<T>(pool: Pool, { saleId, of, id = "" }: Row, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const { rowCount } = await client.query(HOLDS[of], [saleId, id]);
    if (rowCount !== 1) throw new Error(`no row to hold: ${of} ${id} of sale ${saleId}`);
    return await work();
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

/** Something asked of the ledger. An error is its answer, too. */
export interface UnderWay {
  readonly answer: Promise<unknown>;
  isDone(): boolean;
}

export function underWay(asked: Promise<unknown>): UnderWay {
  let done = false;
  const answer = asked
    .catch((error: unknown) => ({ thrown: causesOf(error) }))
    .finally(() => {
      done = true;
    });
  return { answer, isDone: () => done };
}

function causesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...(error.cause ? causesOf(error.cause) : [])] : [String(error)];
}

const DEADLINE_MS = 10_000;

/** Resolves once each of these has ended or waits for a lock. Nobody else may wait in the pool's database. */
export async function endOrWait(pool: Pool, moves: readonly UnderWay[]): Promise<void> {
  const deadlineMs = Date.now() + DEADLINE_MS;
  for (;;) {
    const waiting = await countLockWaits(pool);
    if (moves.filter((move) => !move.isDone()).length <= waiting) return;
    if (Date.now() > deadlineMs) throw new Error("a move neither ended nor waited for a lock");
  }
}
