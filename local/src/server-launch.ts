/** One life of a server: from the start of its process to its exit. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Account, Command } from "./command.ts";
import { LocalServicesError } from "./local-services-error.ts";

/** How to run a server on its port; the same for each of its lives. */
export interface ServerPlan {
  /** For people to read: in what is said when it does not start. */
  readonly name: string;
  readonly logFile: string;
  /** A program in front of the server must become it, in the same process. */
  readonly command: Command;
  readonly env: NodeJS.ProcessEnv;
  readonly account: Account | undefined;
  /** Asks for an orderly shutdown. */
  readonly stopSignal: NodeJS.Signals;
  /** Ends what a killed predecessor left behind. */
  readonly prepare: () => Promise<void>;
  readonly isReady: (pid: number) => Promise<boolean>;
}

/** A server that can be started on any port. */
export interface ServerRecipe {
  readonly version: string;
  /** Where the program came from, for people to read. */
  readonly origin: string;
  readonly url: (port: number) => string;
  readonly plan: (port: number) => ServerPlan;
}

export interface ServerLife {
  readonly pid: number;
  /** Resolves with how the process ended, in words. */
  readonly ended: Promise<string>;
  /** Asks the process to stop, kills it when it does not; resolves once it is gone. */
  end(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;
const READY_POLL_MS = 10;
const STOP_TIMEOUT_MS = 15_000;
const LOG_TAIL_LINES = 8;

/**
 * Starts a server and waits until it is ready.
 * Throws a LocalServicesError with the end of its log when it is not; by then nothing of it runs any more.
 */
export async function launchServer(plan: ServerPlan, signal: AbortSignal): Promise<ServerLife> {
  await plan.prepare();
  signal.throwIfAborted();
  const log = openSync(plan.logFile, "a", 0o600);
  const logStart = fstatSync(log).size;
  const [file, ...args] = plan.command;
  const child = spawn(file, args, { ...plan.account, env: plan.env, cwd: "/", stdio: ["ignore", log, log] });
  closeSync(log);
  const ended = endOf(child);
  const end = () => endProcess(child, ended, plan.stopSignal);
  try {
    return { pid: await readyPid(plan, child, ended, signal), ended, end };
  } catch (error) {
    await end();
    signal.throwIfAborted();
    const tail = readFileSync(plan.logFile).subarray(logStart).toString().trimEnd();
    const lines = tail.split("\n").slice(-LOG_TAIL_LINES);
    throw new LocalServicesError([(error as Error).message, ...lines].join("\n  "));
  }
}

async function readyPid(
  { name, logFile, isReady }: ServerPlan,
  child: ChildProcess,
  ended: Promise<string>,
  signal: AbortSignal,
): Promise<number> {
  let end: string | undefined;
  void ended.then((how) => {
    end = how;
  });
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (end === undefined && performance.now() < deadlineMs) {
    if (child.pid !== undefined && (await isReady(child.pid))) return child.pid;
    await delay(READY_POLL_MS, undefined, { signal });
  }
  throw new Error(`${name} ${end ?? "did not get ready in time"}; its log, ${logFile}, ends with:`);
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
    });
    child.once("exit", (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
  });
}

async function endProcess(child: ChildProcess, ended: Promise<string>, stopSignal: NodeJS.Signals): Promise<void> {
  const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  child.kill(stopSignal);
  await ended;
  clearTimeout(deadline);
}
