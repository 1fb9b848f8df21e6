/** The supervisor as the process that forked it sees it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalServicesError, messageOf } from "./local-services-error.ts";
import type { FromSupervisor, StartRequest, ToSupervisor } from "./messages.ts";
import type { LocalServers } from "./state.ts";

export interface Supervisor {
  readonly pid: number | undefined;
  /** As last heard: the pid of a server changes when it is restarted. */
  servers(): LocalServers;
  /** Idempotent. Resolves once the servers and the supervisor are gone. */
  stop(): Promise<void>;
}

/** Seen from `src` and from `dist` alike, for a process runs what is compiled. */
const PROGRAM = fileURLToPath(new URL("../dist/supervisor.js", import.meta.url));
/** Longer than the supervisor takes to kill a server that does not stop. */
const STOP_TIMEOUT_MS = 20_000;

/**
 * Forks a supervisor and resolves once its servers are ready.
 * Rejects with a LocalServicesError when they cannot be; by then nothing of it runs any more.
 * `onDown` is called if it ends later without having been asked to.
 */
export async function startSupervisor(
  request: StartRequest,
  env: NodeJS.ProcessEnv,
  onDown: (reason: string) => void,
): Promise<Supervisor> {
  const logFile = join(request.dataDir, "supervisor.log");
  const child = forkSupervisor(request.dataDir, logFile, env);
  // its last words may arrive after its exit, but not after the end of the pipe
  const gone = Promise.all([once(child, "exit"), once(child, "disconnect")]);
  let servers: LocalServers | undefined;
  let isStopping = false;

  await new Promise<void>((resolve, reject) => {
    let lastWords = `The supervisor of the private servers died; see ${logFile}`;
    child.on("message", (message: FromSupervisor) => {
      if (message.kind === "ended") lastWords = message.reason;
      else servers = message.servers;
      if (servers) resolve();
    });
    gone.then(() => {
      if (!servers) reject(new LocalServicesError(lastWords));
      else if (!isStopping) onDown(lastWords);
    }, reject);
    tell(child, { kind: "start", request });
  });

  // nothing keeps the caller's process alive for the sake of its databases
  child.unref();
  child.channel?.unref();
  return {
    pid: child.pid,
    servers: () => servers ?? {},
    stop: async () => {
      isStopping = true;
      child.ref();
      child.channel?.ref();
      tell(child, { kind: "stop" });
      const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(deadline);
    },
  };
}

/** In a session of its own, so that Ctrl-C reaches the caller, which may want its databases to drain. */
function forkSupervisor(dataDir: string, logFile: string, env: NodeJS.ProcessEnv): ChildProcess {
  if (!existsSync(PROGRAM)) throw new LocalServicesError(`${PROGRAM} is missing: run npm run build first.`);
  const log = openLog(logFile);
  try {
    return fork(PROGRAM, [dataDir], {
      detached: true,
      // NODE_OPTIONS is meant for the caller: a debugger's port, a loader
      env: { ...env, NODE_OPTIONS: undefined },
      execArgv: [],
      stdio: ["ignore", log, log, "ipc"],
    });
  } finally {
    closeSync(log);
  }
}

function openLog(file: string): number {
  try {
    return openSync(file, "a", 0o600);
  } catch (error) {
    throw new LocalServicesError(`The data folder cannot be written: ${messageOf(error)}`);
  }
}

/** A supervisor that is gone is no failure here: that it ended is noticed elsewhere. */
function tell(child: ChildProcess, message: ToSupervisor): void {
  if (child.connected) child.send(message, () => {});
}
