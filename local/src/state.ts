/** `local.json`: what a data folder remembers between runs, and where its servers listen while they run. */
import { readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalServicesError, messageOf } from "./local-services-error.ts";
import { isSupervisorOf } from "./lock.ts";

export type ServerName = "postgres" | "redis";

/** One server: given by the environment, or started by this package. */
export type LocalServer =
  | { readonly kind: "external"; readonly url: string }
  | {
      readonly kind: "private";
      readonly url: string;
      /** Changes when the server dies and is restarted; the port and the URL stay. */
      readonly pid: number;
      readonly port: number;
      /** As the server prints it, for example `18.4`. */
      readonly version: string;
      /** Where the program came from, for people to read. */
      readonly origin: string;
    };

/** The servers of one run; tests may run one without the other. */
export type LocalServers = { readonly [name in ServerName]?: LocalServer };

/** A running instance, as another process finds it. */
export interface LocalState {
  readonly supervisorPid: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly postgres: LocalServer;
  readonly redis: LocalServer;
}

/** The contents of `local.json`. */
export interface LocalFile {
  readonly password: string;
  readonly ports: { readonly [name in ServerName]?: number };
  readonly running?: { readonly supervisorPid: number; readonly servers: LocalServers };
}

const fileIn = (dataDir: string): string => join(dataDir, "local.json");

/** The instance that runs on `dataDir` now; undefined when none does, or none with both servers. */
export async function readLocalState(dataDir: string): Promise<LocalState | undefined> {
  const folder = resolveFolder(dataDir);
  const running = folder === undefined ? undefined : readLocalFile(folder)?.running;
  if (folder === undefined || !running || !(await isSupervisorOf(running.supervisorPid, folder))) return undefined;
  const { postgres, redis } = running.servers;
  if (!postgres || !redis) return undefined;
  const { supervisorPid } = running;
  return { supervisorPid, databaseUrl: postgres.url, redisUrl: redis.url, postgres, redis };
}

/** What is remembered in `dataDir`; undefined on the first run. Throws a LocalServicesError when it is not readable. */
export function readLocalFile(dataDir: string): LocalFile | undefined {
  const file = fileIn(dataDir);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LocalFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new LocalServicesError(`${file} cannot be read: ${messageOf(error)}`);
  }
}

/** Replaces `local.json`. It holds the password, so only its owner may read it, and it is never half written. */
export function writeLocalFile(dataDir: string, contents: LocalFile): void {
  const draft = `${fileIn(dataDir)}.draft`;
  writeFileSync(draft, `${JSON.stringify(contents, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, fileIn(dataDir));
}

function resolveFolder(dataDir: string): string | undefined {
  try {
    return realpathSync(dataDir);
  } catch {
    return undefined;
  }
}
