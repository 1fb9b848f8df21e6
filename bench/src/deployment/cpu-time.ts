import { readFileSync } from "node:fs";
import { familyOf } from "../fleet/signals.ts";

/** Clock ticks a second in /proc, whatever the kernel's own: Linux has promised 100 to every program. */
const TICKS_PER_S = 100;
/** Fields of /proc/<pid>/stat behind the name, which is in brackets and may hold anything. */
const USER = 11;
const CHILDREN_SYSTEM = 14;

/** Processor time of a process so far, user and system, and of the children that it has seen end; in milliseconds. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(USER, CHILDREN_SYSTEM + 1).reduce((sum, field) => sum + Number(field), 0);
  if (!Number.isFinite(ticks) || fields.length <= CHILDREN_SYSTEM) throw new Error(`not a process: ${stat}`);
  return (ticks * 1_000) / TICKS_PER_S;
}

/** The same of a running process and its children, which share its work. Throws where there is no such process. */
export function familyCpuMs(pid: number): number {
  return familyOf(pid).reduce((sum, each) => sum + cpuMsOf(each, each === pid), 0);
}

function cpuMsOf(pid: number, mustBe: boolean): number {
  try {
    return cpuMsIn(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    // A child that ended since is counted by its parent from now on.
    if (mustBe) throw error;
    return 0;
  }
}
