/** Debian's and Ubuntu's Redis, as a private copy. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { cachedFolder } from "./cached-folder.ts";
import { debianTools, downloadPackages, libraryPath } from "./debian-packages.ts";
import { messageOf } from "./local-services-error.ts";
import { type RedisCandidate, type RedisSearch, tryRedis } from "./redis-program.ts";

/** redis-server alone is a link into redis-tools. */
const PACKAGES = ["redis-server", "redis-tools"];

/** The copy in `cacheDir`, downloaded when it is not there or does not run. */
export async function debianRedis(env: NodeJS.ProcessEnv, cacheDir: string, signal: AbortSignal): Promise<RedisSearch> {
  const tools = debianTools(env);
  if (!tools) {
    return { kind: "refused", reason: "A private copy needs apt-get and dpkg-deb, which only Debian and its kin have" };
  }
  const folder = join(cacheDir, `debian-redis-${process.arch}`);
  const download = (draft: string) => downloadPackages(draft, PACKAGES, tools, signal);
  try {
    await cachedFolder(folder, download);
    const cached = await tryRedis(candidateIn(folder, env), signal);
    if (cached.kind === "found") return cached;
    // made for another release of the system, or damaged
    rmSync(folder, { recursive: true, force: true });
    await cachedFolder(folder, download);
    return await tryRedis(candidateIn(folder, env), signal);
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "refused", reason: `A private copy could not be downloaded by apt-get: ${messageOf(error)}` };
  }
}

function candidateIn(folder: string, env: NodeJS.ProcessEnv): RedisCandidate {
  const file = join(folder, "usr/bin/redis-server");
  return { file, env: { ...env, LD_LIBRARY_PATH: libraryPath(folder, env) }, origin: `private apt copy ${file}` };
}
