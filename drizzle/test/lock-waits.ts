import type { Pool } from "pg";

const DEADLINE_MS = 10_000;

/** How many connections of the pool's database wait for a lock now. */
export async function countLockWaits(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ waiting: number }>(
    `SELECT count(*)::int AS waiting FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.waiting ?? 0;
}

/** Resolves once as many connections of the pool's database wait for a lock. Throws when that takes too long. */
export async function lockWaits(pool: Pool, count: number): Promise<void> {
  const deadlineMs = Date.now() + DEADLINE_MS;
  for (;;) {
    const waiting = await countLockWaits(pool);
    if (waiting === count) return;
    if (Date.now() > deadlineMs) throw new Error(`${waiting} connections wait for a lock, not ${count}`);
  }
}
