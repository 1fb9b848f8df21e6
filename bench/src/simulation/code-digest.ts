import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Digest of everything that a simulated run executes: the compiled business with its adapters in memory. */
export async function codeDigest(): Promise<string> {
  const dist = join(ROOT, "core/dist");
  const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".js")).sort();
  const digest = createHash("sha256");
  for (const name of files) digest.update(name).update(await readFile(join(dist, name)));
  return digest.digest("hex").slice(0, 12);
}
