import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a report says of its making, for whoever wants to repeat it. */
export interface Provenance {
  readonly command: string;
  readonly commit: string;
  readonly machine: string;
}

export async function provenanceOf(script: string, args: readonly string[]): Promise<Provenance> {
  const git = await promisify(execFile)("git", ["describe", "--always", "--dirty"], { cwd: ROOT }).catch(() => null);
  const [cpu] = cpus();
  return {
    command: ["npm run", script, ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
    commit: git?.stdout.trim() ?? "unknown commit",
    machine: `${cpus().length} × ${cpu?.model ?? "unknown processor"}, Node ${process.versions.node}`,
  };
}

/** Digest of everything that a simulated run executes: the compiled business with its adapters in memory. */
export async function codeDigest(): Promise<string> {
  const dist = join(ROOT, "core/dist");
  const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".js")).sort();
  const digest = createHash("sha256");
  for (const name of files) digest.update(name).update(await readFile(join(dist, name)));
  return digest.digest("hex").slice(0, 12);
}
