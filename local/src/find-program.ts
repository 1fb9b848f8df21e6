import { basename, resolve } from "node:path";
import { type DebianServer, debianCopy } from "./debian-copy.ts";
import { LocalServicesError } from "./local-services-error.ts";
import { findExecutables } from "./path-search.ts";
import type { Program, ProgramSearch } from "./program.ts";

export interface WantedProgram extends DebianServer {
  /** For people to read, after "No". */
  readonly title: string;
  /** The variable that names the program to run, and no other if it is set. */
  readonly variable: string;
  /** What it may be called, best first. */
  readonly names: readonly string[];
  /** Where it may be besides PATH. */
  readonly folders: readonly string[];
  /** How to install it, on each system. */
  readonly advice: string;
}

/**
 * The program to run: the one that its variable names, and no other if that is set; else one that is installed; else a
 * private copy of Debian's, kept in `cacheDir`. Throws a LocalServicesError that says why each was refused, and how to
 * install one.
 */
export async function findProgram(
  wanted: WantedProgram,
  env: NodeJS.ProcessEnv,
  cacheDir: string,
  signal: AbortSignal,
): Promise<Program> {
  const refusals: string[] = [];
  for (const search of searches(wanted, env, cacheDir, signal)) {
    const result = await search();
    if (result.kind === "found") return result.program;
    refusals.push(result.reason);
  }
  throw new LocalServicesError([`No ${wanted.title} can be run here.`, ...refusals, wanted.advice].join("\n"));
}

function searches(
  wanted: WantedProgram,
  env: NodeJS.ProcessEnv,
  cacheDir: string,
  signal: AbortSignal,
): (() => Promise<ProgramSearch>)[] {
  const { variable, trial, names, folders } = wanted;
  const chosen = env[variable];
  if (chosen) {
    const file = chosen === basename(chosen) ? chosen : resolve(chosen);
    return [() => trial({ file, env, origin: `${variable} ${chosen}` }, signal)];
  }
  return [
    ...findExecutables(names, env, folders).map((file) => () => trial({ file, env, origin: file }, signal)),
    () => debianCopy(wanted, env, cacheDir, signal),
  ];
}
