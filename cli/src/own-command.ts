import { type ChildProcess, fork } from "node:child_process";
import { appendFileSync } from "node:fs";

export interface OwnCommandOptions {
  /** This very program. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets all that it says. */
  readonly logFile: string;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Runs a command of this program in a process of its own; resolves to what it prints. Rejects, with its last words, where it fails. */
export async function runOwnCommand(words: readonly string[], options: OwnCommandOptions): Promise<string> {
  const { program, env, logFile, signal } = options;
  const child = fork(program, [...words], { env, signal, execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"] });
  let [said, complained] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complained += text;
  });
  const code = await endOf(child);
  appendFileSync(logFile, said + complained, { mode: 0o600 });
  if (code === 0) return said;
  const why = complained.trim().split("\n").at(-1) || `"${words[0]}" ended with ${code ?? "a signal"}`;
  throw new Error(`${why} (see ${logFile})`);
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}
