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

export async function createLedgerDatabase(options: { readonly max?: number } = {}): Promise<LedgerDatabase> {
  const { databaseUrl: url, drop } = await createTestDatabase(inject("databaseUrl"));
  await migrate(url);
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
