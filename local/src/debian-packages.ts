/**
 * Debian's and Ubuntu's packages, downloaded by apt and unpacked into a private folder: nothing is installed, so root is
 * not needed. apt checks the signatures as always, and picks the libraries that this machine lacks.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { findExecutables } from "./path-search.ts";

const TIMEOUT_MS = 120_000;

export interface DebianTools {
  readonly aptGet: string;
  readonly dpkgDeb: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Null where the system is not of Debian's kin. */
export function debianTools(env: NodeJS.ProcessEnv): DebianTools | null {
  const [aptGet] = findExecutables(["apt-get"], env);
  const [dpkgDeb] = findExecutables(["dpkg-deb"], env);
  return process.platform === "linux" && aptGet && dpkgDeb ? { aptGet, dpkgDeb, env } : null;
}

/** LD_LIBRARY_PATH for a program that was unpacked into `folder`. */
export function libraryPath(folder: string, env: NodeJS.ProcessEnv): string {
  const libraries = [...libraryFolders(join(folder, "usr/lib")), ...libraryFolders(join(folder, "lib"))];
  return [...libraries, ...(env["LD_LIBRARY_PATH"] ? [env["LD_LIBRARY_PATH"]] : [])].join(":");
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

/** Unpacks the packages, and what they need that is not installed, into `folder`. */
export async function downloadPackages(
  folder: string,
  packages: readonly string[],
  tools: DebianTools,
  signal: AbortSignal,
): Promise<void> {
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
