import { runCommand } from "./command.ts";
import { findProgram, type WantedProgram } from "./find-program.ts";
import type { Program, ProgramCandidate, ProgramSearch } from "./program.ts";

const TIMEOUT_MS = 10_000;

/** The programs that watch a deployment: Debian's package of each, and what else it may be called. */
const PROGRAMS = {
  prometheus: { package: "prometheus", names: ["prometheus"] },
  promtool: { package: "prometheus", names: ["promtool"] },
  "prometheus-redis-exporter": {
    package: "prometheus-redis-exporter",
    names: ["prometheus-redis-exporter", "redis_exporter"],
  },
  "prometheus-postgres-exporter": {
    package: "prometheus-postgres-exporter",
    names: ["prometheus-postgres-exporter", "postgres_exporter"],
  },
} as const;

export type MonitoringProgram = keyof typeof PROGRAMS;

/** The program to run. Throws a LocalServicesError that names the package to install. */
export function findMonitoring(
  name: MonitoringProgram,
  env: NodeJS.ProcessEnv,
  cacheDir: string,
  signal: AbortSignal,
): Promise<Program> {
  return findProgram(wanted(name), env, cacheDir, signal);
}

function wanted(program: MonitoringProgram): WantedProgram {
  const { package: debian, names } = PROGRAMS[program];
  const variable = program.toUpperCase().replaceAll("-", "_");
  return {
    title: program,
    variable,
    names,
    folders: [],
    name: debian,
    packages: [debian],
    program: `usr/bin/${program}`,
    trial: tryProgram,
    advice: `Install the package "${debian}", or set ${variable} to the program:
  Debian, Ubuntu  sudo apt-get install ${debian}
  elsewhere       https://prometheus.io/download/`,
  };
}

/** Runs the candidate for its version, which some say on their standard error. */
async function tryProgram(candidate: ProgramCandidate, signal: AbortSignal): Promise<ProgramSearch> {
  const { file, env, origin } = candidate;
  const run = await runCommand(file, ["--version"], { env, timeoutMs: TIMEOUT_MS, signal });
  if (run.kind === "failed") return { kind: "refused", reason: `${origin} does not run: ${run.reason}` };
  // Debian's exporter of Redis leaves out the v of its version
  const said = `${run.stdout}\n${run.stderr}`;
  const version = /(?:version |\bv|Exporter )(\d+(?:\.\d+)+)/.exec(said)?.[1];
  if (version === undefined) return { kind: "refused", reason: `${origin} does not tell its version: ${said}` };
  return { kind: "found", program: { ...candidate, version } };
}
