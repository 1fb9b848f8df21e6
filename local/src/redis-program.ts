import { runCommand } from "./command.ts";

/** Redis 7 brought the multi-part append-only file and functions; Valkey's first version is newer. */
const OLDEST_MAJOR = 7;
const TIMEOUT_MS = 10_000;

/** A Redis or Valkey server that runs here and is new enough. */
export interface RedisProgram {
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** Where it came from, for people to read. */
  readonly origin: string;
}

export type RedisCandidate = Omit<RedisProgram, "version">;

/** Whether a server can be had from one place, or why not. */
export type RedisSearch =
  | { readonly kind: "found"; readonly program: RedisProgram }
  | { readonly kind: "refused"; readonly reason: string };

/** Runs the candidate for its version. */
export async function tryRedis(candidate: RedisCandidate, signal: AbortSignal): Promise<RedisSearch> {
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
