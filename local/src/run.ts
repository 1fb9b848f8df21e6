/** One run of some servers on a data folder, private or given, as the process that asked for it sees it. */
import { mkdirSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalServicesError, messageOf } from "./local-services-error.ts";
import { DEFAULT_RESTART_LIMIT, type RestartLimit } from "./restart-budget.ts";
import type { LocalServers, ServerName } from "./state.ts";
import { type Supervisor, startSupervisor } from "./supervisor-process.ts";

export interface LocalServicesOptions {
  /** Where the data, the logs and `local.json` live; created when missing. */
  readonly dataDir: string;
  /** DATABASE_URL and REDIS_URL in it win: what is given is not started. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether what was acknowledged survives the loss of power; false is faster, for tests. */
  readonly durable: boolean;
  /** For Redis alone; default: `durable`. */
  readonly redisDurable?: boolean;
  /** Users that Redis knows beside the one of its URL, as lines of redis.conf. Default: none. */
  readonly redisUsers?: readonly string[];
  /** Where a downloaded Redis is kept. Default: `.data/cache` in the folder of the project. */
  readonly cacheDir?: string;
  /** How often a server that dies is restarted before all is given up. Default: 5 times within 30 s. */
  readonly restartLimit?: RestartLimit;
  /** Called with the reason when the private servers went down for good and nobody had asked. Default: nothing. */
  readonly onDown?: (reason: string) => void;
}

/** The processes of now: a server that dies is restarted under another pid. Given servers have none. */
export interface LocalPids {
  readonly supervisor?: number | undefined;
  readonly postgres?: number | undefined;
  readonly redis?: number | undefined;
}

export interface Run {
  servers(): LocalServers;
  pids(): LocalPids;
  /** Idempotent. Resolves once no process of the run is left. */
  stop(): Promise<void>;
}

/** Where a downloaded Redis is kept unless told otherwise: one copy for all data folders of this checkout. */
export const CACHE_DIR = fileURLToPath(new URL("../../.data/cache", import.meta.url));
const URL_VARIABLES = { postgres: "DATABASE_URL", redis: "REDIS_URL" } as const;

/**
 * Starts those of `names` that `options.env` does not give. `disposable`: the data folder goes with the run.
 * Rejects with a LocalServicesError when they cannot be started; by then nothing of them runs any more.
 */
export async function startRun(
  names: readonly ServerName[],
  options: LocalServicesOptions & { readonly disposable: boolean },
): Promise<Run> {
  const env = options.env ?? process.env;
  const externalUrls = Object.fromEntries(
    names.flatMap((name) => {
      const url = env[URL_VARIABLES[name]];
      return url ? [[name, url] as const] : [];
    }),
  );
  const privateServers = names.filter((name) => !(name in externalUrls));
  if (privateServers.length === 0) return externalRun(externalUrls);
  const request = {
    dataDir: makeFolder(options.dataDir),
    cacheDir: resolve(options.cacheDir ?? CACHE_DIR),
    externalUrls,
    privateServers,
    postgresDurable: options.durable,
    redisDurable: options.redisDurable ?? options.durable,
    redisUsers: options.redisUsers ?? [],
    restartLimit: options.restartLimit ?? DEFAULT_RESTART_LIMIT,
    disposable: options.disposable,
  };
  return supervisedRun(await startSupervisor(request, env, options.onDown ?? (() => {})));
}

function externalRun(urls: { readonly [name: string]: string }): Run {
  const servers = Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, { kind: "external", url }]));
  return { servers: () => servers, pids: () => ({}), stop: async () => {} };
}

function supervisedRun(supervisor: Supervisor): Run {
  const pids = () => {
    const servers = Object.entries(supervisor.servers());
    const running = servers.flatMap(([name, server]) => (server.kind === "private" ? [[name, server.pid]] : []));
    return Object.fromEntries([["supervisor", supervisor.pid], ...running]);
  };
  return { servers: supervisor.servers, pids, stop: supervisor.stop };
}

/** The folder's one true path, by which its processes are known. */
function makeFolder(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true });
    return realpathSync(dataDir);
  } catch (error) {
    throw new LocalServicesError(`The data folder cannot be made: ${messageOf(error)}`);
  }
}
