import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** Where a report comes from. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  readonly redis: string;
  readonly postgres: string;
  /** Null outside a clone. */
  readonly commit: string | null;
  /** Whether the tree differs from that commit. */
  readonly dirty: boolean;
}

export function machineOf(redis: string, postgres: string): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    redis,
    postgres,
    commit: git("rev-parse", "HEAD"),
    dirty: git("status", "--porcelain") !== "",
  };
}

function git(...args: string[]): string | null {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { status, stdout } = spawnSync("git", args, { cwd, encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}
