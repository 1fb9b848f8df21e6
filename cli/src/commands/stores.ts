import type { GateReader, Holds, Ledger, Opening, ProgressLedger } from "@flashgate/core";
import { wallClock } from "../clock.ts";
import { CommandFault } from "../command-fault.ts";
import { faultLine } from "../fault-line.ts";

/** Where the databases are. */
export interface Addresses {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

export interface Stores {
  readonly ledger: Ledger;
  readonly progress: ProgressLedger;
  readonly gate: GateReader;
  readonly holds: Holds;
  readonly opening: Opening;
}

/** Database connections of a command: it does one thing after the other. */
const POOL_MAX = 2;
/** An audit sums up whole tables. */
const STATEMENT_TIMEOUT_MS = 120_000;

/** DATABASE_URL and REDIS_URL; what is not set, of the instance that runs on `dataDir`. */
export async function findAddresses(dataDir: string): Promise<Addresses> {
  return { databaseUrl: await findDatabase(dataDir), redisUrl: await findRedis(dataDir) };
}

export async function findDatabase(dataDir: string): Promise<string> {
  return process.env["DATABASE_URL"] || ((await findLocal(dataDir))?.databaseUrl ?? missing("DATABASE_URL", dataDir));
}

async function findRedis(dataDir: string): Promise<string> {
  return process.env["REDIS_URL"] || ((await findLocal(dataDir))?.redisUrl ?? missing("REDIS_URL", dataDir));
}

/** Where the queue is, beside the gate at `redisUrl`. */
export function queueUrlOf({ redisUrl }: Addresses): string {
  return process.env["REDIS_QUEUE_URL"] || redisUrl;
}

async function findLocal(dataDir: string) {
  const { readLocalState } = await import("@flashgate/local");
  return readLocalState(dataDir);
}

function missing(variable: string, dataDir: string): never {
  throw new CommandFault(
    `${variable} is not set and nothing runs on ${dataDir}: start "flashgate up", name its folder with --data, or set ${variable}`,
  );
}

/** Opens ledger and gate for one piece of work, and closes them whatever comes of it. */
export async function withStores<Result>(
  { databaseUrl, redisUrl }: Addresses,
  work: (stores: Stores) => Promise<Result>,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
): Promise<Result> {
  const [{ createLedger, createPool, createProgressLedger }, { BACKLOG_MAX, openGate }] = await Promise.all([
    import("@flashgate/drizzle"),
    import("@flashgate/redis"),
  ]);
  const backlogMax = Number(process.env["BACKLOG_MAX"]) || BACKLOG_MAX;
  const pool = createPool({
    url: databaseUrl,
    max: POOL_MAX,
    applicationName: "flashgate-cli",
    statementTimeoutMs,
    onError: () => undefined,
  });
  try {
    await pool.query("select 1").catch(unreachable("DATABASE_URL", databaseUrl));
    const gate = await openGate({ url: redisUrl, name: "cli", clock: wallClock, backlogMax }).catch(
      unreachable("REDIS_URL", redisUrl),
    );
    try {
      const [ledger, progress] = [createLedger(pool), createProgressLedger(pool)];
      return await work({ ledger, progress, gate: gate.reader, holds: gate.holds, opening: gate.opening });
    } finally {
      gate.close();
    }
  } finally {
    await pool.end();
  }
}

function unreachable(variable: string, url: string): (error: unknown) => never {
  return (error) => {
    throw new CommandFault(`${variable} (${hostOf(url)}) cannot be used: ${faultLine(error)}`);
  };
}

/** Never the password. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "not a URL";
}
