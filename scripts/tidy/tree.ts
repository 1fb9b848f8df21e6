/** Reads the project from disk: what git tracks or would track, or every file where git has no say. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ProjectFile } from "./project.ts";

const NOT_OURS = new Set(["node_modules", "dist", ".data", ".git", "coverage"]);

/** Every text file under `root`, sorted by path. */
export function readTree(root: string): ProjectFile[] {
  const listed = listedByGit(root);
  const paths = listed.length > 0 ? listed : walk(root);
  return paths.sort().flatMap((path) => {
    const absolute = join(root, path);
    // git also lists files that were deleted and not yet committed
    if (!statSync(absolute, { throwIfNoEntry: false })?.isFile()) return [];
    const text = readFileSync(absolute, "utf8");
    return text.includes("\0") ? [] : [{ path, text }];
  });
}

function listedByGit(root: string): string[] {
  const { status, stdout } = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return status === 0 ? stdout.split("\0").filter(Boolean) : [];
}

function walk(root: string, folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? walk(root, path) : [path];
    });
}
