import { runCommand } from "./command.ts";
import { findProgram, type WantedProgram } from "./find-program.ts";
import type { Program, ProgramCandidate, ProgramSearch } from "./program.ts";

const TIMEOUT_MS = 10_000;

const ADVICE = `Install it, or set WRK to its program:
  macOS           brew install wrk
  Debian, Ubuntu  sudo apt-get install wrk
  Fedora, RHEL    sudo dnf install wrk
  Arch            sudo pacman -S wrk
  Alpine          apk add wrk`;

const WRK: WantedProgram = {
  title: "wrk",
  variable: "WRK",
  names: ["wrk"],
  folders: ["/opt/homebrew/bin"],
  name: "wrk",
  packages: ["wrk"],
  program: "usr/bin/wrk",
  trial: tryWrk,
  advice: ADVICE,
};

/** The generator of load to run. Throws a LocalServicesError that says how to install one. */
export function findWrk(env: NodeJS.ProcessEnv, cacheDir: string, signal: AbortSignal): Promise<Program> {
  return findProgram(WRK, env, cacheDir, signal);
}

/** Runs the candidate for its version. It tells it, and then takes it for a fault that there was nothing to do. */
async function tryWrk(candidate: ProgramCandidate, signal: AbortSignal): Promise<ProgramSearch> {
  const { file, env, origin } = candidate;
  const run = await runCommand("/bin/sh", ["-c", '"$0" -v || true', file], { env, timeoutMs: TIMEOUT_MS, signal });
  if (run.kind === "failed") return { kind: "refused", reason: `${origin} does not run: ${run.reason}` };
  const version = /\bwrk \D*(\d+(?:\.\d+)*)/.exec(run.stdout)?.[1];
  if (version !== undefined) return { kind: "found", program: { ...candidate, version } };
  return { kind: "refused", reason: `${origin} does not tell its version: ${run.stderr || run.stdout}` };
}
