import { type ExecFileOptions, execFile } from "node:child_process";

/** A program and its arguments, so never empty. */
export type Command = readonly [...string[], string];

export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** Whom to run as; only root can ask for it. */
  readonly account?: Account | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export type CommandResult =
  | { readonly kind: "ok"; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * Runs a program to its end, without a shell. A program that is missing, fails or takes too long is a `failed` result;
 * rejects only when `signal` aborts, after killing the program.
 */
export function runCommand(file: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const { env, timeoutMs, cwd, account, signal } = options;
  const settings: ExecFileOptions = { env, timeout: timeoutMs, killSignal: "SIGKILL", ...account };
  if (cwd !== undefined) settings.cwd = cwd;
  if (signal) settings.signal = signal;
  return new Promise((resolve, reject) => {
    execFile(file, args, settings, (error, stdout, stderr) => {
      if (signal?.aborted) reject(signal.reason);
      else if (!error) resolve({ kind: "ok", stdout: String(stdout).trim(), stderr: String(stderr).trim() });
      else resolve({ kind: "failed", reason: reasonOf(error, String(stderr).trim(), timeoutMs) });
    });
  });
}

function reasonOf(error: Error & { code?: unknown; killed?: boolean }, stderr: string, timeoutMs: number): string {
  if (error.killed) return `took longer than ${timeoutMs} ms`;
  if (stderr !== "") return stderr;
  return typeof error.code === "number" ? `exit code ${error.code}` : error.message;
}
