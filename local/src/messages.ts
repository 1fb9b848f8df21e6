/** What the process that asked and its supervisor say to each other. */
import type { RestartLimit } from "./restart-budget.ts";
import type { LocalServers, ServerName } from "./state.ts";

/** What to run, and how; said once, first. */
export interface StartRequest {
  /** Absolute, without symbolic links, and there. */
  readonly dataDir: string;
  readonly cacheDir: string;
  /** The URLs of servers that are not to be started. */
  readonly externalUrls: { readonly [name in ServerName]?: string };
  readonly privateServers: readonly ServerName[];
  /** Whether a commit survives the loss of power. */
  readonly postgresDurable: boolean;
  readonly redisDurable: boolean;
  /** Lines of redis.conf. */
  readonly redisUsers: readonly string[];
  readonly restartLimit: RestartLimit;
  /** Whether the data folder goes when the servers stop, however the run ends. */
  readonly disposable: boolean;
}

export type ToSupervisor = { readonly kind: "start"; readonly request: StartRequest } | { readonly kind: "stop" };

export type FromSupervisor =
  /** All servers are ready: after the start, and after each restart of one. */
  | { readonly kind: "servers"; readonly servers: LocalServers }
  /** The last words of a supervisor that was not asked to stop; its servers have stopped. */
  | { readonly kind: "ended"; readonly reason: string };
