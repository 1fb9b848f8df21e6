import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** How to run what a container would. */
export interface ProcessPlan {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
  /** How long a stop may take before it is a kill. */
  readonly graceMs: number;
}

/** How a process ended that was asked to. */
export interface Ending {
  readonly name: string;
  readonly tookMs: number;
  readonly graceMs: number;
  /** `exit code 0`, or what else ended it. */
  readonly how: string;
}

const TAIL_LINES = 8;

/** A process in the place of a container: one life, started and stopped as an engine would. */
export class PlainProcess {
  readonly plan: ProcessPlan;
  readonly #child: ChildProcess;
  /** How it ended, once it has. */
  readonly ended: Promise<string>;
  #how: string | null = null;

  constructor(plan: ProcessPlan) {
    const { file, args, env, folder, logFile } = plan;
    const log = openSync(logFile, "a", 0o600);
    this.plan = plan;
    this.#child = spawn(file, args, { env, cwd: folder, stdio: ["ignore", log, log] });
    closeSync(log);
    this.ended = endOf(this.#child).then((how) => {
      this.#how = how;
      return how;
    });
  }

  get isRunning(): boolean {
    return this.#how === null;
  }

  /** Throws the end of its log unless it ended well. */
  async succeeded(): Promise<void> {
    const how = await this.ended;
    if (how !== "exit code 0") throw this.fault(how);
  }

  /** Sends the signal of its stop, and kills it when it takes longer than its grace. */
  async stop(): Promise<Ending> {
    const { name, stopSignal, graceMs } = this.plan;
    const startedMs = performance.now();
    this.#child.kill(stopSignal);
    const deadline = setTimeout(() => this.#child.kill("SIGKILL"), graceMs);
    const how = await this.ended;
    clearTimeout(deadline);
    return { name, tookMs: performance.now() - startedMs, graceMs, how };
  }

  /** What is wrong with it, and the end of its log. */
  fault(what: string): Error {
    const { name, logFile } = this.plan;
    const tail = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-TAIL_LINES);
    return new Error([`${name}: ${what}; its log, ${logFile}, ends with:`, ...tail].join("\n  "));
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
    });
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}
