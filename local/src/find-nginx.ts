import { runCommand } from "./command.ts";
import { findProgram, type WantedProgram } from "./find-program.ts";
import type { Program, ProgramCandidate, ProgramSearch } from "./program.ts";

const TIMEOUT_MS = 10_000;

const ADVICE = `Install it, or set NGINX_SERVER to its program:
  macOS           brew install nginx
  Debian, Ubuntu  sudo apt-get install nginx
  Fedora, RHEL    sudo dnf install nginx
  Arch            sudo pacman -S nginx
  Alpine          apk add nginx`;

const NGINX: WantedProgram = {
  title: "nginx",
  variable: "NGINX_SERVER",
  names: ["nginx"],
  // an ordinary user's PATH leaves them out
  folders: ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"],
  name: "nginx",
  packages: ["nginx"],
  program: "usr/sbin/nginx",
  trial: tryNginx,
  advice: ADVICE,
};

/** The nginx to run. Throws a LocalServicesError that says how to install one. */
export function findNginx(env: NodeJS.ProcessEnv, cacheDir: string, signal: AbortSignal): Promise<Program> {
  return findProgram(NGINX, env, cacheDir, signal);
}

/** Runs the candidate for its version and what it was built with, which it says on its standard error. */
async function tryNginx(candidate: ProgramCandidate, signal: AbortSignal): Promise<ProgramSearch> {
  const { file, env, origin } = candidate;
  const run = await runCommand(file, ["-V"], { env, timeoutMs: TIMEOUT_MS, signal });
  if (run.kind === "failed") return { kind: "refused", reason: `${origin} does not run: ${run.reason}` };
  const version = /\bnginx\/(\d+(?:\.\d+)*)/.exec(run.stderr)?.[1];
  if (version === undefined) return { kind: "refused", reason: `${origin} does not tell its version: ${run.stderr}` };
  const missing = ["http_ssl_module", "http_v2_module"].filter((module) => !run.stderr.includes(module));
  if (missing.length > 0) return { kind: "refused", reason: `${origin} was built without ${missing.join(", ")}` };
  return { kind: "found", program: { ...candidate, version } };
}
