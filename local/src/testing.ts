/** Real services for tests; nothing here is for production. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type {} from "vitest";
import { type LocalServicesOptions, startRun } from "./run.ts";
import { type LocalServices, startServices } from "./start-local.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the Postgres that all files of a test run share; each makes a database of its own in it. */
    databaseUrl: string;
    /** Of the Redis that all files of a test run share. */
    redisUrl: string;
  }
}

/** As for startLocalServices; what a test does not say is fast and not durable. */
export type TestServicesOptions = Partial<Omit<LocalServicesOptions, "dataDir">>;

/** A Redis of a test's own, to kill, stop and starve. */
export interface TestRedis {
  readonly redisUrl: string;
  /** Of the present process: another one after a restart. */
  pid(): number;
  stop(): Promise<void>;
}

export interface TestDatabase {
  readonly name: string;
  readonly databaseUrl: string;
  /** Removes it, and disconnects whoever still uses it. */
  drop(): Promise<void>;
}

/**
 * Services in a temporary folder that goes with them, however the test ends. `redisOnly`: a private Redis and nothing
 * else, whatever the environment gives; `redisDurable` makes it write each command to disk before the reply.
 */
export function startTestServices(options: TestServicesOptions & { readonly redisOnly: true }): Promise<TestRedis>;
export function startTestServices(options?: TestServicesOptions): Promise<LocalServices>;
export async function startTestServices(
  options: TestServicesOptions & { readonly redisOnly?: boolean } = {},
): Promise<TestRedis | LocalServices> {
  const dataDir = mkdtempSync(join(tmpdir(), "flashgate-test-"));
  // where a test runs as root, Postgres runs as somebody else, who must get in
  chmodSync(dataDir, 0o711);
  const settings = { durable: false, ...options, dataDir, disposable: true };
  try {
    return options.redisOnly ? await startTestRedis(settings) : await startServices(settings);
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

async function startTestRedis(settings: LocalServicesOptions & { readonly disposable: boolean }): Promise<TestRedis> {
  const env = { ...(settings.env ?? process.env), REDIS_URL: undefined };
  const run = await startRun(["redis"], { ...settings, env });
  const server = () => {
    const { redis } = run.servers();
    if (redis?.kind !== "private") throw new Error("a Redis of its own was asked for");
    return redis;
  };
  return { redisUrl: server().url, pid: () => server().pid, stop: run.stop };
}

/**
 * Makes a database with a name of its own beside the one of `databaseUrl`, as a copy of the database `template`;
 * nobody may be connected to that one meanwhile. Default: an empty database.
 */
export async function createTestDatabase(databaseUrl: string, template = "template1"): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await runSql(databaseUrl, `CREATE DATABASE ${name} TEMPLATE ${pg.escapeIdentifier(template)}`);
  const url = new URL(databaseUrl);
  url.pathname = name;
  return {
    name,
    databaseUrl: url.href,
    drop: () => runSql(databaseUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function runSql(databaseUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
