/** The data folder of PostgreSQL, which it calls a cluster. */
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Account, type Command, runCommand } from "./command.ts";
import type { PostgresPrograms } from "./find-postgres.ts";
import { giveTo, type Identity } from "./identity.ts";
import { LocalServicesError } from "./local-services-error.ts";
import { executableName } from "./path-search.ts";

const TIMEOUT_MS = 120_000;
/** The first major version whose own C.UTF-8 needs nothing from the system's locales. */
const BUILTIN_LOCALE_MAJOR = 17;

export interface ClusterSettings {
  readonly folder: string;
  readonly password: string;
  readonly durable: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Makes the cluster unless it is there, all or nothing.
 * Throws a LocalServicesError when it was made by another major version, or belongs to somebody else.
 */
export async function ensureCluster(
  programs: PostgresPrograms,
  identity: Identity,
  settings: ClusterSettings,
  signal: AbortSignal,
): Promise<void> {
  const { folder } = settings;
  const versionFile = join(folder, "PG_VERSION");
  if (!existsSync(versionFile)) return createCluster(programs, identity, settings, signal);
  const madeBy = readFileSync(versionFile, "utf8").trim();
  if (Number.parseInt(madeBy, 10) !== programs.major) {
    throw new LocalServicesError(
      `${folder} was made by PostgreSQL ${madeBy} and cannot be opened by ${programs.version} (${programs.origin}). ` +
        "Remove the folder to start with an empty database, choose another data folder, or set DATABASE_URL.",
    );
  }
  giveTo(identity.owner, folder);
}

async function createCluster(
  programs: PostgresPrograms,
  { prefix, account, owner }: Identity,
  { folder, password, durable, env }: ClusterSettings,
  signal: AbortSignal,
): Promise<void> {
  const draft = `${folder}.draft`;
  const passwordFile = `${folder}.password`;
  // retried, because the initdb of a killed run may still be writing there
  rmSync(draft, { recursive: true, force: true, maxRetries: 5 });
  mkdirSync(draft, { mode: 0o700 });
  writePassword(passwordFile, password, owner);
  giveTo(owner, draft);
  const initdb = join(programs.folder, executableName("initdb"));
  const options = ["--pwfile", passwordFile, ...initOptions(programs.major), ...(durable ? [] : ["--no-sync"])];
  const [file, ...args]: Command = [...prefix, initdb, ...options, draft];
  const run = await runCommand(file, args, { env, cwd: "/", timeoutMs: TIMEOUT_MS, account, signal }).finally(() =>
    rmSync(passwordFile, { force: true }),
  );
  if (run.kind === "failed") throw new LocalServicesError(`initdb of ${programs.origin} failed: ${run.reason}`);
  renameSync(draft, folder);
}

function initOptions(major: number): string[] {
  const locale =
    major >= BUILTIN_LOCALE_MAJOR
      ? ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
      : ["--locale=C.UTF-8"];
  return ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", ...locale, "--no-instructions"];
}

/** initdb reads it from a file only; it must be the reader's own. */
function writePassword(file: string, password: string, owner: Account): void {
  rmSync(file, { force: true });
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  if (process.getuid?.() === 0) chownSync(file, owner.uid, owner.gid);
}
