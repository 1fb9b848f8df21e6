import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { LocalPids } from "../src/index.ts";
import { commandOf, processesIn } from "../src/processes.ts";

/** The command lines of what still runs: of `pids`, and of whatever else works in the data folder or names it. */
export async function living(dataDir: string, pids: LocalPids): Promise<string[]> {
  const folders = [dataDir, join(dataDir, "postgres"), join(dataDir, "redis")];
  const known = [...Object.values(pids), ...folders.flatMap(processesIn)].flatMap((pid) => pid ?? []);
  const commands = await Promise.all([...new Set(known)].map(commandOf));
  const named = (await allCommands()).filter((command) => command.includes(`${dataDir}/`));
  return [...new Set([...commands, ...named])].filter((command) => command !== "");
}

async function allCommands(): Promise<string[]> {
  if (process.platform !== "linux") return [];
  const pids = readdirSync("/proc").map(Number).filter(Boolean);
  return Promise.all(pids.map(commandOf));
}
