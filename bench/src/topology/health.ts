import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { until } from "../fleet/until.ts";
import type { ComposeService } from "./compose-file.ts";

export type HealthCheck = NonNullable<ComposeService["healthcheck"]>;

const run = promisify(execFile);

/** Runs a health check of a compose file, its words already told where things are here, until it succeeds. */
export function becomesHealthy(
  { test, timeout }: Pick<HealthCheck, "test" | "timeout">,
  env: NodeJS.ProcessEnv,
  { isRunning, timeoutMs }: { readonly isRunning: () => boolean; readonly timeoutMs: number },
): Promise<boolean> {
  const over = async () => !isRunning() || (await passes(test, env, timeout));
  return until(over, timeoutMs, { everyMs: 100 }).then((ended) => ended && isRunning());
}

async function passes(
  [kind, ...words]: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<boolean> {
  const [file = "", ...args] = kind === "CMD-SHELL" ? ["sh", "-c", ...words] : words;
  // the images' way to ask over HTTP, which not every machine has
  if (file === "wget") return (await fetch(args.at(-1) ?? "", { signal: AbortSignal.timeout(timeoutMs) })).ok;
  await run(file === "node" ? process.execPath : file, args, { env, timeout: timeoutMs });
  return true;
}
