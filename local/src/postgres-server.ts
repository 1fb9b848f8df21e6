import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { deathSignal } from "./death-signal.ts";
import { findPostgres } from "./find-postgres.ts";
import { identityFor } from "./identity.ts";
import { endLeftover } from "./leftovers.ts";
import { LocalServicesError } from "./local-services-error.ts";
import { executableName } from "./path-search.ts";
import { HOST } from "./port.ts";
import { ensureCluster } from "./postgres-cluster.ts";
import { commandOf, processesIn, signalProcess, waitUntilGone } from "./processes.ts";
import type { ServerRecipe } from "./server-launch.ts";

const MAX_CONNECTIONS = 100;
/** The line of postmaster.pid that tells the server's state. */
const STATE_LINE = 7;
const BACKEND_GRACE_MS = 1_000;
const BACKEND_KILL_MS = 5_000;

export interface PostgresSettings {
  readonly dataDir: string;
  readonly password: string;
  /** Whether a commit survives the loss of power. */
  readonly durable: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * PostgreSQL with its data in `<dataDir>/postgres`, which is made when it is missing.
 * Throws a LocalServicesError when no PostgreSQL is found, or none that can open the data.
 */
export async function postgresRecipe(settings: PostgresSettings, signal: AbortSignal): Promise<ServerRecipe> {
  const { dataDir, password, durable } = settings;
  const env = withoutLibpqSettings(settings.env);
  const folder = join(dataDir, "postgres");
  const programs = await findPostgres(env, signal);
  const program = join(programs.folder, executableName("postgres"));
  const identity = await identityFor(program, dataDir, env);
  await ensureCluster(programs, identity, { folder, password, durable, env }, signal);

  const wrapper = [...identity.prefix, ...(await deathSignal("SIGINT", env))];
  return {
    version: programs.version,
    origin: programs.origin,
    url: (port) => `postgres://postgres:${password}@${HOST}:${port}/postgres`,
    plan: (port) => ({
      name: "postgres",
      logFile: join(dataDir, "postgres.log"),
      command: [...wrapper, program, ...serverOptions(port, durable), "-D", folder],
      env,
      account: identity.account,
      stopSignal: "SIGINT",
      prepare: () => clearLeftovers(folder),
      isReady: async (pid) => saysReady(folder, pid),
    }),
  };
}

function serverOptions(port: number, durable: boolean): string[] {
  const settings = {
    port,
    listen_addresses: HOST,
    // a path in the data folder would be too long for a socket, and a shared one needs cleaning up
    unix_socket_directories: "",
    max_connections: MAX_CONNECTIONS,
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function saysReady(folder: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid && lines[STATE_LINE]?.trim() === "ready";
  } catch {
    return false;
  }
}

/**
 * After a kill -9 of the main process its backends live on until they notice, and hold the shared memory: a new server
 * refuses to start before they are gone. It refuses too when its predecessor's pid, in postmaster.pid, has gone to
 * another process; with the folder locked and no process of ours left, that file is stale for certain.
 */
async function clearLeftovers(folder: string): Promise<void> {
  const pidFile = join(folder, "postmaster.pid");
  await endLeftover({ pidFile, argument: folder, stopSignal: "SIGINT" });
  if (!(await backendsGone(folder, BACKEND_GRACE_MS))) {
    for (const pid of await backendsIn(folder)) signalProcess(pid, "SIGKILL");
    if (!(await backendsGone(folder, BACKEND_KILL_MS))) {
      throw new LocalServicesError(`Processes of a killed PostgreSQL still use ${folder}: end them by hand.`);
    }
  }
  rmSync(pidFile, { force: true });
}

const backendsGone = (folder: string, timeoutMs: number): Promise<boolean> =>
  waitUntilGone(async () => (await backendsIn(folder)).length === 0, timeoutMs);

async function backendsIn(folder: string): Promise<number[]> {
  const backends: number[] = [];
  for (const pid of processesIn(folder)) {
    if ((await commandOf(pid)).startsWith("postgres: ")) backends.push(pid);
  }
  return backends;
}

/** PGOPTIONS, PGDATA and their like are meant for the user's own servers. */
function withoutLibpqSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PG")));
}
