import { createTestDatabase } from "@flashgate/local/testing";
import type { Pool } from "pg";
import { inject } from "vitest";
import { createPool, migrate } from "../src/index.ts";

/** A migrated database of a test file's own. */
export interface LedgerDatabase {
  readonly url: string;
  readonly pool: Pool;
  dispose(): Promise<void>;
}

export interface LedgerDatabaseOptions {
  readonly max?: number;
  /** Of every connection, as on the server's command line. */
  readonly settings?: string;
}

/**
 * Where a deadlock is not broken up, to be retried and never seen: whoever is in one fails for having waited too long.
 */
export const DEADLOCKS_SHOW = "-c deadlock_timeout=10min";

export async function createLedgerDatabase(options: LedgerDatabaseOptions = {}): Promise<LedgerDatabase> {
  const { databaseUrl, drop } = await createTestDatabase(inject("databaseUrl"));
  await migrate(databaseUrl);
  const settled = new URL(databaseUrl);
  if (options.settings) settled.searchParams.set("options", options.settings);
  const url = settled.href;
  const pool = createPool({
    url,
    max: options.max ?? 10,
    applicationName: "flashgate-test",
    onError: () => undefined, // whoever used the lost connection fails
  });
  return {
    url,
    pool,
    dispose: async () => {
      await pool.end();
      await drop();
    },
  };
}
