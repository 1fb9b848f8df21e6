import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { runCommand } from "./command.ts";

const POLL_MS = 20;
const PS_TIMEOUT_MS = 5_000;

/**
 * The command line of a living process, its arguments joined by spaces; empty for a process that is gone, and for a
 * zombie, which `kill(pid, 0)` would call alive for as long as nobody reaps it.
 */
export async function commandOf(pid: number): Promise<string> {
  if (process.platform === "linux") return readLinuxCommand(pid);
  const ps = await runCommand("ps", ["-ww", "-p", String(pid), "-o", "command="], {
    env: process.env,
    timeoutMs: PS_TIMEOUT_MS,
  });
  return ps.kind === "ok" && !ps.stdout.includes("<defunct>") ? ps.stdout : "";
}

/** Whether a living process was started with `argument` as one of its arguments, the program included. */
export async function hasArgument(pid: number, argument: string): Promise<boolean> {
  return ` ${await commandOf(pid)} `.includes(` ${argument} `);
}

/** Sends a signal to a process that may be gone already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Waits until `isGone`; false when that takes longer than `timeoutMs`. */
export async function waitUntilGone(isGone: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await isGone())) {
    if (performance.now() > deadlineMs) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** The processes that work in `folder`, by pid; none where the system does not tell (only Linux does). */
export function processesIn(folder: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && workingFolderOf(pid) === folder);
}

function readLinuxCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

function workingFolderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
