/**
 * Debian's and Ubuntu's servers, downloaded by apt and unpacked into a private folder: nothing is installed, so root is
 * not needed. apt checks the signatures as always, and picks the libraries that this machine lacks.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cachedFolder } from "./cached-folder.ts";
import { runCommand } from "./command.ts";
import { messageOf } from "./local-services-error.ts";
import { findExecutables } from "./path-search.ts";
import type { ProgramCandidate, ProgramSearch, ProgramTrial } from "./program.ts";

const TIMEOUT_MS = 120_000;

/** What is to be had from Debian. */
export interface DebianServer {
  /** Of its folder among the copies. */
  readonly name: string;
  readonly packages: readonly string[];
  /** Its program, in the file system of the packages. */
  readonly program: string;
  readonly trial: ProgramTrial;
}

interface Tools {
  readonly aptGet: string;
  readonly dpkgDeb: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The copy in `cacheDir`, downloaded when it is not there or does not run. */
export async function debianCopy(
  server: DebianServer,
  env: NodeJS.ProcessEnv,
  cacheDir: string,
  signal: AbortSignal,
): Promise<ProgramSearch> {
  const [aptGet] = findExecutables(["apt-get"], env);
  const [dpkgDeb] = findExecutables(["dpkg-deb"], env);
  if (process.platform !== "linux" || !aptGet || !dpkgDeb) {
    return { kind: "refused", reason: "A private copy needs apt-get and dpkg-deb, which only Debian and its kin have" };
  }
  const folder = join(cacheDir, `debian-${server.name}-${process.arch}`);
  const fill = (draft: string) => download(server.packages, draft, { aptGet, dpkgDeb, env }, signal);
  const candidate = () => candidateIn(folder, server.program, env);
  try {
    await cachedFolder(folder, fill);
    const cached = await server.trial(candidate(), signal);
    if (cached.kind === "found") return cached;
    // made for another release of the system, or damaged
    rmSync(folder, { recursive: true, force: true });
    await cachedFolder(folder, fill);
    return await server.trial(candidate(), signal);
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "refused", reason: `A private copy could not be downloaded by apt-get: ${messageOf(error)}` };
  }
}

function candidateIn(folder: string, program: string, env: NodeJS.ProcessEnv): ProgramCandidate {
  const file = join(folder, program);
  const libraries = [...libraryFolders(join(folder, "usr/lib")), ...libraryFolders(join(folder, "lib"))];
  const searched = [...libraries, ...(env["LD_LIBRARY_PATH"] ? [env["LD_LIBRARY_PATH"]] : [])];
  return { file, env: { ...env, LD_LIBRARY_PATH: searched.join(":") }, origin: `private apt copy ${file}` };
}

/** Debian keeps the libraries of each architecture in a folder of their own, such as `x86_64-linux-gnu`. */
function libraryFolders(parent: string): string[] {
  try {
    const names = readdirSync(parent).filter((name) => name.includes("-linux-"));
    return names.map((name) => join(parent, name));
  } catch {
    return [];
  }
}

async function download(packages: readonly string[], folder: string, tools: Tools, signal: AbortSignal): Promise<void> {
  const apt = join(folder, "apt");
  const archives = join(apt, "cache", "archives");
  mkdirSync(join(apt, "lists", "partial"), { recursive: true });
  mkdirSync(join(archives, "partial"), { recursive: true });
  const run = async (file: string, args: readonly string[]) => {
    const env = { ...tools.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };
    const result = await runCommand(file, args, { env, timeoutMs: TIMEOUT_MS, signal });
    if (result.kind === "failed") throw new Error(result.reason);
  };

  const options = aptOptions(apt);
  await run(tools.aptGet, [...options, "update"]);
  // --reinstall: also what this machine has installed without the rest
  const install = ["install", "--download-only", "--reinstall", "--no-install-recommends", "--yes"];
  await run(tools.aptGet, [...options, ...install, ...packages]);
  for (const name of readdirSync(archives).filter((file) => file.endsWith(".deb"))) {
    await run(tools.dpkgDeb, ["--extract", join(archives, name), folder]);
  }
  rmSync(apt, { recursive: true, force: true });
}

/** apt's own folders moved into ours, so that its locks and lists, which belong to root, stay untouched. */
function aptOptions(folder: string): string[] {
  const settings = {
    "Dir::State": folder,
    "Dir::State::lists": join(folder, "lists"),
    "Dir::State::status": "/var/lib/dpkg/status",
    "Dir::Cache": join(folder, "cache"),
    "Debug::NoLocking": "1",
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::Retries": "2",
  };
  return ["-qq", ...Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`])];
}
