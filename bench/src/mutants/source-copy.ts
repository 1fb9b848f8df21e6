/** Temporary copies of the sources, to be changed and thrown away. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The root of the project, seen from `src` and from `dist` alike. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export interface SourceCopy {
  readonly root: string;
  dispose(): Promise<void>;
}

/** Built again, or not needed to run from source. */
const LEFT_OUT = new Set(["dist", "node_modules", "coverage"]);
/** Linked, not copied: it is never changed, and starts what it has compiled. */
const LINKED_WORKSPACES = ["local"];

/** A copy of these files and folders of the project. */
export async function copyOf(paths: readonly string[], from = ROOT): Promise<SourceCopy> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "flashgate-mutant-")));
  const filter = (source: string) => !LEFT_OUT.has(basename(source));
  for (const path of paths) await cp(join(from, path), join(root, path), { recursive: true, filter });
  return { root, dispose: () => rm(root, { recursive: true, force: true }) };
}

/** A copy of `core`, which needs nothing but itself; see {@link compileCore}. */
export function copyOfCore(from = ROOT): Promise<SourceCopy> {
  return copyOf(["tsconfig.base.json", "core/package.json", "core/tsconfig.json", "core/src"], from);
}

/** Compiles a copy of `core`. Types are not checked: a guard that is missing may well be missed by them. */
export async function compileCore(root: string): Promise<void> {
  const args = [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", join(root, "core"), "--noCheck"];
  await promisify(execFile)(process.execPath, args).catch((error: { stdout?: string }) => {
    throw new Error(`the copy does not compile: ${error.stdout ?? String(error)}`);
  });
}

/** A copy in which the tests of these workspaces run: the packages they import from each other are the copy's own. */
export async function copyOfWorkspaces(workspaces: readonly string[]): Promise<SourceCopy> {
  const copy = await copyOf(["package.json", "tsconfig.base.json", "vitest.config.ts", ...workspaces]);
  for (const workspace of LINKED_WORKSPACES) await symlink(join(ROOT, workspace), join(copy.root, workspace));
  const scope = join(copy.root, "node_modules/@flashgate");
  await mkdir(scope, { recursive: true });
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    if (name === "@flashgate" || (name.startsWith(".") && name !== ".bin")) continue;
    await symlink(join(ROOT, "node_modules", name), join(copy.root, "node_modules", name));
  }
  for (const workspace of [...workspaces, ...LINKED_WORKSPACES]) {
    await symlink(join(copy.root, workspace), join(scope, workspace));
  }
  return copy;
}
