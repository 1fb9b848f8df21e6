import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The command line of a living process, joined by spaces; empty where there is none, or the system does not tell. */
export function commandOf(pid: number): string {
  if (process.platform === "linux") return readLinuxCommand(pid);
  const ps = spawnSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
  return ps.status === 0 ? ps.stdout.trim() : "";
}

/** Empty for a zombie too. */
function readLinuxCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}
