import { rmSync } from "node:fs";
import { join } from "node:path";
import { cachedFolder } from "./cached-folder.ts";
import { runCommand } from "./command.ts";
import { debianTools, downloadPackages, libraryPath } from "./debian-packages.ts";
import { messageOf } from "./local-services-error.ts";
import { findExecutables } from "./path-search.ts";

const TIMEOUT_MS = 10_000;

export interface DebianProgramPlan {
  readonly name: string;
  /** Debian's packages that hold it. */
  readonly packages: readonly string[];
  /** What it is asked with whether it runs; its exit code does not matter. */
  readonly versionArgs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
}

export type ProgramSearch =
  | { readonly kind: "found"; readonly file: string; readonly env: NodeJS.ProcessEnv }
  | { readonly kind: "refused"; readonly reason: string };

/** A program of PATH, else a private copy of Debian's in `cacheDir`, downloaded once without root. */
export async function debianProgram(plan: DebianProgramPlan, signal: AbortSignal): Promise<ProgramSearch> {
  const { name, packages, env, cacheDir } = plan;
  const [installed] = findExecutables([name], env);
  if (installed) return { kind: "found", file: installed, env };
  const tools = debianTools(env);
  if (!tools) return { kind: "refused", reason: "it is not on PATH, and only Debian and its kin have a copy to fetch" };
  const folder = join(cacheDir, `debian-${name}-${process.arch}`);
  try {
    const download = (draft: string) => downloadPackages(draft, packages, tools, signal);
    await cachedFolder(folder, download);
    const cached = { file: join(folder, "usr/bin", name), env: { ...env, LD_LIBRARY_PATH: libraryPath(folder, env) } };
    if (await runs(cached, plan.versionArgs, signal)) return { kind: "found", ...cached };
    // made for another release of the system, or damaged
    rmSync(folder, { recursive: true, force: true });
    await cachedFolder(folder, download);
    return { kind: "found", ...cached };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "refused", reason: `a private copy could not be downloaded by apt-get: ${messageOf(error)}` };
  }
}

/** A program that cannot be loaded says so with 127. */
async function runs(
  { file, env }: { readonly file: string; readonly env: NodeJS.ProcessEnv },
  args: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const run = await runCommand(file, args, { env, timeoutMs: TIMEOUT_MS, signal });
  return run.kind === "ok" || !/127|ENOENT|loading shared libraries/.test(run.reason);
}
