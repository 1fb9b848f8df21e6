import { accessSync, constants, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";

const SUFFIX = process.platform === "win32" ? ".exe" : "";

/** The name of a program's file on this platform. */
export const executableName = (name: string): string => name + SUFFIX;

/** The absolute path of every program called one of `names`, earlier names first, in the folders of `env.PATH` and then in `folders`. */
export function findExecutables(
  names: readonly string[],
  env: NodeJS.ProcessEnv,
  folders: readonly string[] = [],
): string[] {
  const onPath = (env["PATH"] ?? "").split(delimiter).filter(Boolean);
  const searched = [...onPath, ...folders];
  const files = names.flatMap((name) => searched.map((folder) => resolve(folder, executableName(name))));
  return [...new Set(files)].filter(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
