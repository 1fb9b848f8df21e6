import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** What a report says of its making, for whoever wants to repeat it. */
export interface Provenance {
  readonly command: string;
  /** As `git describe` says it, with `-dirty` where the tree differs. */
  readonly commit: string;
  readonly machine: Machine;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
}

export function provenanceOf(script: string, args: readonly string[] = process.argv.slice(2)): Provenance {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const git = spawnSync("git", ["describe", "--always", "--dirty"], { cwd, encoding: "utf8" });
  return {
    command: ["npm run", script, ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
    commit: git.status === 0 ? git.stdout.trim() : "unknown commit",
    machine: {
      cpu: cpus()[0]?.model ?? "unknown processor",
      cores: cpus().length,
      memoryGib: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
    },
  };
}

/** `2 × AMD EPYC, 24 GiB, Node 20.20.2` */
export function machineText({ cpu, cores, memoryGib, node }: Machine): string {
  return `${cores} × ${cpu}, ${memoryGib} GiB, Node ${node}`;
}
