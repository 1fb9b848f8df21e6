import { runCommand } from "./command.ts";

const TIMEOUT_MS = 5_000;

/**
 * What to put before a command so that it receives `signal` when its supervisor dies, even by kill -9. Empty where the
 * system has no such thing (all but Linux with util-linux): there the next start ends what was left behind.
 */
export async function deathSignal(signal: NodeJS.Signals, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  if (process.platform !== "linux") return [];
  const prefix = ["setpriv", "--pdeathsig", signal.replace("SIG", "")] as const;
  const trial = await runCommand(prefix[0], [...prefix.slice(1), "true"], { env, timeoutMs: TIMEOUT_MS });
  return trial.kind === "ok" ? prefix : [];
}
