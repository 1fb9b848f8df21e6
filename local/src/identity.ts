/** PostgreSQL refuses to run as root; a container, a CI job or a careless laptop often is root. */
import { lchownSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Account, runCommand } from "./command.ts";
import { LocalServicesError } from "./local-services-error.ts";

/** Whom a server runs as. */
export interface Identity {
  /** Put before the command; it becomes the command without a new process. */
  readonly prefix: readonly string[];
  /** Switched to before the command starts. */
  readonly account: Account | undefined;
  /** Whom its files must belong to. */
  readonly owner: Account;
}

const TIMEOUT_MS = 10_000;
const NOBODY = "65534";
const ROOT: Account = { uid: 0, gid: 0 };
const USER_NAMESPACE = ["unshare", "--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, "--"] as const;

/**
 * The user of this process, unless that is root: then whoever owns the folder or the program, or the account
 * `postgres` or `nobody`, whichever comes first of those that reach both; else root itself, posing as nobody in a user
 * namespace, where it reaches only what belongs to root. Throws a LocalServicesError when there is no such way.
 */
export async function identityFor(program: string, folder: string, env: NodeJS.ProcessEnv): Promise<Identity> {
  const uid = process.getuid?.() ?? -1;
  if (uid !== 0) return { prefix: [], account: undefined, owner: { uid, gid: process.getgid?.() ?? -1 } };

  for (const account of [...ownersOf(folder, program), ...serverAccounts()]) {
    const options = { env, cwd: "/", timeoutMs: TIMEOUT_MS, account };
    const reach = await runCommand("test", ["-x", folder], options);
    const run = await runCommand(program, ["--version"], options);
    if (reach.kind === "ok" && run.kind === "ok") return { prefix: [], account, owner: account };
  }
  const [unshare, ...args] = USER_NAMESPACE;
  const posing = await runCommand(unshare, [...args, program, "--version"], { env, cwd: "/", timeoutMs: TIMEOUT_MS });
  if (posing.kind === "ok") return { prefix: USER_NAMESPACE, account: undefined, owner: ROOT };
  throw new LocalServicesError(
    `PostgreSQL does not run as root, and no other account reaches both ${program} and ${folder}. ` +
      "Run as an ordinary user, move the project to a folder that others may enter, or set DATABASE_URL.",
  );
}

/** Gives a folder and all it holds to its server; root only, others can but complain. */
export function giveTo(owner: Account, folder: string): void {
  const { uid } = lstatSync(folder);
  if (uid === owner.uid || owner.uid === -1) return;
  if (process.getuid?.() !== 0) {
    throw new LocalServicesError(
      `${folder} belongs to user ${uid}, and this is user ${owner.uid}. ` +
        "Run as that user, give the data folder to this one (sudo chown -R), or choose another.",
    );
  }
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    lchownSync(join(folder, name), owner.uid, owner.gid);
  }
  lchownSync(folder, owner.uid, owner.gid);
}

/** Of a checkout that belongs to an ordinary user, though root runs it: with sudo, or in a container. */
function ownersOf(...paths: readonly string[]): Account[] {
  return paths.map((path) => statSync(path)).filter(({ uid }) => uid !== ROOT.uid);
}

function serverAccounts(): Account[] {
  const entries = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  return ["postgres", "nobody"].flatMap((name) => {
    const [, , uid, gid] = entries.find((entry) => entry[0] === name) ?? [];
    return uid && gid ? [{ uid: Number(uid), gid: Number(gid) }] : [];
  });
}
