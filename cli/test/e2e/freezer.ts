import { readdirSync, readFileSync } from "node:fs";

/** Processes that this one started. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

/** Field 4 of `/proc/<pid>/stat`, counted after the name, which may hold anything; null where the process is gone. */
function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

/** SIGSTOP: they neither answer nor go away. */
export function suspend(pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, "SIGSTOP");
}

export function resume(pids: readonly number[]): void {
  for (const pid of pids) signalIfAlive(pid, "SIGCONT");
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
