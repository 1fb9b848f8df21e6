import { type LocalPids, type LocalServicesOptions, startRun } from "./run.ts";
import type { LocalServer } from "./state.ts";

export interface LocalServices {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** As it is when read: its pid changes with a restart, its port and URL do not. */
  readonly postgres: LocalServer;
  /** As `postgres`. */
  readonly redis: LocalServer;
  /** How long the start took. */
  readonly startedMs: number;
  pids(): LocalPids;
  /** Idempotent. Resolves once no process of the run is left. */
  stop(): Promise<void>;
}

/**
 * A Postgres and a Redis to work with: the ones that the environment names, else private ones on 127.0.0.1 that live
 * and die with this process. Restarts either when it dies, on the same port with the same data.
 * Rejects with a LocalServicesError that says what to do when they cannot be had; by then nothing of them runs.
 */
export async function startLocalServices(options: LocalServicesOptions): Promise<LocalServices> {
  return startServices({ ...options, disposable: false });
}

/** As startLocalServices; when `disposable`, the data folder goes when the servers stop, however the run ends. */
export async function startServices(
  options: LocalServicesOptions & { readonly disposable: boolean },
): Promise<LocalServices> {
  const askedAtMs = performance.now();
  const run = await startRun(["postgres", "redis"], options);
  const server = (name: "postgres" | "redis"): LocalServer => {
    const found = run.servers()[name];
    if (!found) throw new Error(`the run has no ${name}`);
    return found;
  };
  return {
    databaseUrl: server("postgres").url,
    redisUrl: server("redis").url,
    get postgres() {
      return server("postgres");
    },
    get redis() {
      return server("redis");
    },
    startedMs: Math.round(performance.now() - askedAtMs),
    pids: run.pids,
    stop: run.stop,
  };
}
