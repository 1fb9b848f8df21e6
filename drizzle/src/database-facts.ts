import type { Clock } from "@flashgate/core";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { PgTable } from "drizzle-orm/pg-core";
import pg from "pg";
import { FOLDER } from "./migrate.ts";
import { RIGHTS } from "./process-role.ts";
import * as schema from "./schema.ts";

/** What a database tells of itself to somebody who asks whether it can be worked on. */
export interface DatabaseFacts {
  /** As `18.4`, and as the server counts it: `180004`. */
  readonly version: string;
  readonly versionNumber: number;
  /** Connections that ordinary roles may have, all together. */
  readonly connectionsMax: number;
  /** As whom this URL works. */
  readonly role: string;
  /** What the role could do to tables, in words; empty for one that only reads and writes rows. */
  readonly powers: readonly string[];
  /** What the role may not do, though a process must: `INSERT on sales`. */
  readonly lacking: readonly string[];
  /** Tables and columns of this version that are not there: `sales.paused`. */
  readonly missing: readonly string[];
  /** Migrations of this version that were not applied; null where the role cannot see which were. */
  readonly pending: number | null;
  /** How far the server's clock is ahead of ours, give or take half the round trip. */
  readonly aheadMs: number;
  readonly roundTripMs: number;
}

const TABLES = Object.values(schema).flatMap((value): PgTable[] => (is(value, PgTable) ? [value] : []));
const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 5_000;

/** Asks a database about itself, and changes nothing. Rejects when it cannot be asked. */
export async function readDatabaseFacts(databaseUrl: string, clock: Clock): Promise<DatabaseFacts> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "flashgate-doctor",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: 2 * STATEMENT_TIMEOUT_MS,
  });
  client.on("error", () => undefined); // the statement in flight throws it too
  await client.connect();
  try {
    return {
      ...(await serverFacts(client)),
      ...(await clockFacts(client, clock)),
      powers: await powersOf(client),
      lacking: await lackingRights(client),
      missing: await missingColumns(client),
      pending: await pendingMigrations(client),
    };
  } finally {
    await client.end();
  }
}

async function serverFacts(client: pg.Client) {
  const [facts] = await rowsOf<Pick<DatabaseFacts, "version" | "versionNumber" | "connectionsMax" | "role">>(
    client,
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
       current_setting('server_version_num')::int AS "versionNumber",
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true), '0')::int AS "connectionsMax",
       current_user AS role`,
  );
  if (!facts) throw new Error("a SELECT without FROM has one row");
  return facts;
}

async function clockFacts(client: pg.Client, clock: Clock) {
  const sentMs = clock.nowMs();
  const [row] = await rowsOf<{ now: number }>(
    client,
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now",
  );
  const roundTripMs = clock.nowMs() - sentMs;
  return { roundTripMs, aheadMs: Math.round((row?.now ?? Number.NaN) - sentMs - roundTripMs / 2) };
}

async function powersOf(client: pg.Client): Promise<string[]> {
  const rows = await rowsOf<{ power: string }>(
    client,
    `SELECT 'is a superuser' AS power FROM pg_roles WHERE rolname = current_user AND rolsuper
     UNION ALL
     SELECT 'owns tables of the ledger' WHERE EXISTS (
       SELECT FROM pg_class WHERE relnamespace = to_regnamespace('flashgate') AND pg_has_role(relowner, 'USAGE'))
     UNION ALL
     SELECT 'may create tables in ' || nspname FROM pg_namespace
     WHERE nspname IN ('flashgate', 'public') AND has_schema_privilege(oid, 'CREATE')`,
  );
  return rows.map(({ power }) => power);
}

async function lackingRights(client: pg.Client): Promise<string[]> {
  const wanted = RIGHTS.flatMap(([table, rights]) => rights.split(", ").map((right) => ({ table, right })));
  const rows = await rowsOf<{ lack: string }>(
    client,
    `SELECT wanted.right || ' on ' || wanted.table AS lack
     FROM unnest($1::text[], $2::text[]) AS wanted("table", "right")
     JOIN pg_class ON relname = wanted.table AND relnamespace = to_regnamespace('flashgate')
     WHERE NOT has_schema_privilege(relnamespace, 'USAGE') OR NOT has_table_privilege(pg_class.oid, wanted.right)
     UNION ALL
     SELECT 'EXECUTE on ' || proname FROM pg_proc
     WHERE pronamespace = to_regnamespace('flashgate') AND NOT has_function_privilege(oid, 'EXECUTE')`,
    [wanted.map(({ table }) => table), wanted.map(({ right }) => right)],
  );
  return rows.map(({ lack }) => lack);
}

/** Tables that are not there, and columns of those that are. */
async function missingColumns(client: pg.Client): Promise<string[]> {
  const rows = await rowsOf<{ table: string; column: string }>(
    client,
    `SELECT relname AS "table", attname AS "column" FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = to_regnamespace('flashgate') AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped`,
  );
  const there = new Set(rows.flatMap(({ table, column }) => [table, `${table}.${column}`]));
  return TABLES.flatMap((table) => {
    const name = getTableName(table);
    if (!there.has(name)) return [name];
    const columns = Object.values(getTableColumns(table)).map((column) => `${name}.${column.name}`);
    return columns.filter((column) => !there.has(column));
  });
}

/** By the rule of the migrator: what is newer than the last one applied. */
async function pendingMigrations(client: pg.Client): Promise<number | null> {
  const known = readMigrationFiles({ migrationsFolder: FOLDER });
  const [journal] = await rowsOf<{ readable: boolean }>(
    client,
    `SELECT has_schema_privilege(relnamespace, 'USAGE') AND has_table_privilege(oid, 'SELECT') AS readable
     FROM pg_class WHERE relname = 'migrations' AND relnamespace = to_regnamespace('flashgate')`,
  );
  if (!journal) return known.length;
  if (!journal.readable) return null;
  const [last] = await rowsOf<{ at: string | null }>(client, "SELECT max(created_at) AS at FROM flashgate.migrations");
  return known.filter(({ folderMillis }) => folderMillis > Number(last?.at ?? 0)).length;
}

async function rowsOf<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  return (await client.query<Row>(text, values)).rows;
}
