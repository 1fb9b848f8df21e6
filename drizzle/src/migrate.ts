import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as applyMigrations } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";

/** The migrations that this version brings. */
export const FOLDER = fileURLToPath(new URL("../migrations", import.meta.url));
/** Any number will do as long as nobody else in the database locks it. */
const LOCK = 4_217_180_311;
/** Another process may be migrating a large ledger; a frozen one must not hold us for ever. */
const LOCK_TIMEOUT_MS = 120_000;

/**
 * Brings the ledger's schema up to date; nothing happens when it is. Safe when several processes do it at once: the
 * first applies, the others wait for it and find nothing left to do. Throws when the database cannot be reached.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  // A connection of its own: the lock is the session's and ends with it, and no pool's timeouts cut a migration short.
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "flashgate-migrate",
    connectionTimeoutMillis: 10_000,
    lock_timeout: LOCK_TIMEOUT_MS,
  });
  client.on("error", () => undefined); // the statement in flight throws it too
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    await applyMigrations(drizzle(client), {
      migrationsFolder: FOLDER,
      migrationsSchema: "flashgate",
      migrationsTable: "migrations",
    });
  } finally {
    await client.end();
  }
}
