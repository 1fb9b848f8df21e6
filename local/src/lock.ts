/**
 * One supervisor a data folder: Redis does not lock its folder, and two servers on one append-only file corrupt it.
 *
 * The lock is the file `lock.<generation>` of the highest generation; it holds its supervisor's pid and counts for as
 * long as that process lives, so nothing has to be released. To take it over is to create the next generation, which
 * the file system grants to one process only. A generation is never used twice, because the highest stays until a
 * higher one is there; so a process that was slow, and created a generation already gone by, sees the higher one.
 */
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LocalServicesError } from "./local-services-error.ts";
import { commandOf } from "./processes.ts";

/** How long a previous run may take to shut down before the folder counts as in use. */
const WAIT_MS = 2_000;
const POLL_MS = 50;

type Attempt = { readonly kind: "taken" } | { readonly kind: "held"; readonly pid: number | undefined };

/**
 * Takes the folder for this process, until the process ends.
 * Throws a LocalServicesError that names the holder when another supervisor keeps it for more than two seconds.
 */
export async function takeLock(dataDir: string, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + WAIT_MS;
  for (;;) {
    const attempt = await tryLock(dataDir);
    if (attempt.kind === "taken") return;
    if (performance.now() > deadlineMs) throw new LocalServicesError(inUse(dataDir, attempt.pid));
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Whether `pid` is a living supervisor of this folder; the number alone may have gone to another process since. */
export async function isSupervisorOf(pid: number, dataDir: string): Promise<boolean> {
  return (await commandOf(pid)).endsWith(`supervisor.js ${dataDir}`);
}

async function tryLock(dataDir: string): Promise<Attempt> {
  const known = generationsIn(dataDir);
  const latest = known.at(-1) ?? 0;
  const holder = holderOf(dataDir, latest);
  // a pid of ours is left over from before this machine or container restarted and dealt it again
  const isHeld = holder !== undefined && holder !== process.pid && (await isSupervisorOf(holder, dataDir));
  const mine = latest + 1;
  if (isHeld || !createGeneration(dataDir, mine)) return { kind: "held", pid: holder };

  if (generationsIn(dataDir).at(-1) !== mine) {
    rmSync(fileOf(dataDir, mine));
    return { kind: "held", pid: undefined };
  }
  for (const generation of known) rmSync(fileOf(dataDir, generation), { force: true });
  return { kind: "taken" };
}

const fileOf = (dataDir: string, generation: number): string => join(dataDir, `lock.${generation}`);

function generationsIn(dataDir: string): number[] {
  return readdirSync(dataDir)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function holderOf(dataDir: string, generation: number): number | undefined {
  try {
    return Number(readFileSync(fileOf(dataDir, generation), "utf8"));
  } catch {
    return undefined;
  }
}

/** A link, because a file that is created and then written is for a moment a lock that names nobody. */
function createGeneration(dataDir: string, generation: number): boolean {
  const draft = join(dataDir, `lock-draft.${process.pid}`);
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, fileOf(dataDir, generation));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function inUse(dataDir: string, pid: number | undefined): string {
  const holder = pid === undefined ? "another process that is just starting" : `pid ${pid}`;
  const kill = pid === undefined ? "" : ` (or run: kill ${pid})`;
  return `The data folder ${dataDir} is in use by ${holder}. Stop that run${kill}, or choose another data folder.`;
}
