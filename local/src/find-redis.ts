import { findProgram, type WantedProgram } from "./find-program.ts";
import type { Program } from "./program.ts";
import { tryRedis } from "./redis-program.ts";

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

const REDIS: WantedProgram = {
  title: "Redis server",
  variable: "REDIS_SERVER",
  names: ["valkey-server", "redis-server"],
  folders: HOMEBREW_FOLDERS[process.platform] ?? [],
  name: "redis",
  // redis-server alone is a link into redis-tools
  packages: ["redis-server", "redis-tools"],
  program: "usr/bin/redis-server",
  trial: tryRedis,
  advice: ADVICE,
};

/** The Redis or Valkey to run; Homebrew's too. Throws a LocalServicesError that says how to install one. */
export function findRedis(env: NodeJS.ProcessEnv, cacheDir: string, signal: AbortSignal): Promise<Program> {
  return findProgram(REDIS, env, cacheDir, signal);
}
