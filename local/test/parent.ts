/** Runs test/parent.mjs: a process that owns services and can be killed without killing the tests. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LocalPids } from "@flashgate/local";
import { PRIVATE_ENV } from "./environment.ts";

const PROGRAM = fileURLToPath(new URL("./parent.mjs", import.meta.url));

export interface Parent {
  readonly pid: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly pids: { readonly [name in keyof LocalPids]-?: number };
  /** What it printed after its services were ready, once it has ended. */
  readonly output: Promise<string[]>;
}

/** Resolves once its services are ready. It leads a process group, as a command in a terminal does. */
export async function startParent(
  dataDir: string,
  conduct: "exit" | "hold" | "drain",
  env: NodeJS.ProcessEnv = PRIVATE_ENV,
): Promise<Parent> {
  const child = spawn(process.execPath, [PROGRAM, dataDir, conduct], {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const output = once(reader, "close").then(() => lines);
  const first = await new Promise<string>((resolve, reject) => {
    reader.once("line", (line) => {
      reader.on("line", (next) => lines.push(next));
      resolve(line);
    });
    child.once("exit", () => reject(new Error("the parent ended before its services were ready")));
  });
  if (child.pid === undefined) throw new Error("the parent did not start");
  return { pid: child.pid, output, ...(JSON.parse(first) as Omit<Parent, "pid" | "output">) };
}
