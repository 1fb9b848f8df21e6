import { basename, resolve } from "node:path";
import { debianRedis } from "./debian-redis.ts";
import { LocalServicesError } from "./local-services-error.ts";
import { findExecutables } from "./path-search.ts";
import { type RedisProgram, type RedisSearch, tryRedis } from "./redis-program.ts";

/** Where Homebrew installs, for a PATH that does not say so: an editor's, or a login shell's before its profile. */
const HOMEBREW_FOLDERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["/opt/homebrew/bin", "/usr/local/bin"],
  linux: ["/home/linuxbrew/.linuxbrew/bin"],
};

const ADVICE = `Install one of these, set REDIS_SERVER to its program, or REDIS_URL to a server that runs:
  macOS           brew install valkey
  Debian, Ubuntu  sudo apt-get install redis-server
  Fedora, RHEL    sudo dnf install valkey
  Arch            sudo pacman -S valkey
  Alpine          apk add valkey
  Windows         run Flashgate in WSL 2`;

/**
 * The Redis to run: the one that REDIS_SERVER names, and no other if it is set; else Valkey or Redis on PATH or from
 * Homebrew; else a private copy of Debian's, kept in `cacheDir`.
 * Throws a LocalServicesError that says why each was refused, and how to install one.
 */
export async function findRedis(env: NodeJS.ProcessEnv, cacheDir: string, signal: AbortSignal): Promise<RedisProgram> {
  const refusals: string[] = [];
  for (const search of searches(env, cacheDir, signal)) {
    const result = await search();
    if (result.kind === "found") return result.program;
    refusals.push(result.reason);
  }
  throw new LocalServicesError(["No Redis server can be run here.", ...refusals, ADVICE].join("\n"));
}

function searches(env: NodeJS.ProcessEnv, cacheDir: string, signal: AbortSignal): (() => Promise<RedisSearch>)[] {
  const chosen = env["REDIS_SERVER"];
  if (chosen) {
    const file = chosen === basename(chosen) ? chosen : resolve(chosen);
    return [() => tryRedis({ file, env, origin: `REDIS_SERVER ${chosen}` }, signal)];
  }
  const installed = findExecutables(["valkey-server", "redis-server"], env, HOMEBREW_FOLDERS[process.platform]);
  return [
    ...installed.map((file) => () => tryRedis({ file, env, origin: file }, signal)),
    () => debianRedis(env, cacheDir, signal),
  ];
}
