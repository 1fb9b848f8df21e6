import { runCommand } from "./command.ts";
import type { ProgramCandidate, ProgramSearch } from "./program.ts";

/** Redis 7 brought the multi-part append-only file and functions; Valkey's first version is newer. */
const OLDEST_MAJOR = 7;
const TIMEOUT_MS = 10_000;

/** Runs the candidate for its version: a Redis or Valkey server that is new enough. */
export async function tryRedis(candidate: ProgramCandidate, signal: AbortSignal): Promise<ProgramSearch> {
  const { file, env, origin } = candidate;
  const run = await runCommand(file, ["--version"], { env, timeoutMs: TIMEOUT_MS, signal });
  if (run.kind === "failed") return { kind: "refused", reason: `${origin} does not run: ${run.reason}` };
  const version = /\bv=(\d+(?:\.\d+)*)/.exec(run.stdout)?.[1];
  if (version === undefined) return { kind: "refused", reason: `${origin} does not tell its version: ${run.stdout}` };
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    return { kind: "refused", reason: `${origin} is version ${version}, ${OLDEST_MAJOR} or newer is needed` };
  }
  return { kind: "found", program: { ...candidate, version } };
}
