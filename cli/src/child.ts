import { type ChildProcess, fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Clock } from "@flashgate/core";
import { RestartBackoff } from "./restart-backoff.ts";

/** How to run one child; the same for each of its lives. */
export interface ChildPlan {
  /** `api-1` */
  readonly name: string;
  readonly service: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Options of Node itself. */
  readonly nodeOptions: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Gets all that the child writes. */
  readonly logFile: string;
}

/** Where a child that is ready listens. */
export interface Addresses {
  readonly url?: string;
  readonly opsUrl?: string;
}

export interface ChildEvents {
  /** It is ready, or gone: its pid and addresses are others now. */
  readonly onChanged: () => void;
  /** It died unasked and comes back after the pause. */
  readonly onDied: (child: Child, how: string, pauseMs: number) => void;
  /** It says something else. */
  readonly onMessage?: (message: unknown) => void;
}

/** How long a child that was asked to stop may take. */
const STOP_TIMEOUT_MS = 15_000;

/**
 * A child process that is kept running.
 *
 * ```
 *   starting ── says that it is ready ──▶ ready
 *    ▲    │ exits                          │ exits
 *    │    ▼                                ▼
 *   pausing ◀──────────────────────────────┘        stop(), from anywhere ──▶ stopping ── exits ──▶ (gone)
 * ```
 */
export class Child {
  readonly plan: ChildPlan;
  readonly #events: ChildEvents;
  readonly #clock: Clock;
  readonly #stopTimeoutMs: number;
  readonly #backoff = new RestartBackoff();
  #process: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  #pause: NodeJS.Timeout | undefined;
  #addresses: Addresses | undefined;
  #isStopping = false;

  constructor(plan: ChildPlan, events: ChildEvents, clock: Clock, stopTimeoutMs = STOP_TIMEOUT_MS) {
    this.plan = plan;
    this.#stopTimeoutMs = stopTimeoutMs;
    this.#events = events;
    this.#clock = clock;
  }

  /** Of the present life; undefined between two. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Undefined while it is not ready. */
  get addresses(): Addresses | undefined {
    return this.#addresses;
  }

  start(): void {
    const bornMs = this.#clock.nowMs();
    const child = forkLogged(this.plan);
    this.#process = child;
    child.on("message", (message) => this.#hear(message));
    this.#gone = endOf(child).then((how) => this.#onGone(how, this.#clock.nowMs() - bornMs));
  }

  /** Says something to it, if it is there to hear it. */
  tell(message: object): void {
    if (this.#addresses && this.#process?.connected) this.#process.send(message);
  }

  /** Asks it to end, kills it when it does not in time; resolves once it is gone and will not come back. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#pause);
    const deadline = setTimeout(() => this.#process?.kill("SIGKILL"), this.#stopTimeoutMs);
    this.#process?.kill("SIGTERM");
    await this.#gone;
    clearTimeout(deadline);
  }

  #hear(message: unknown): void {
    const { kind, url, opsUrl } = Object(message) as Addresses & { kind?: string };
    if (kind !== "ready") {
      this.#events.onMessage?.(message);
      return;
    }
    this.#addresses = { ...(url === undefined ? {} : { url }), ...(opsUrl === undefined ? {} : { opsUrl }) };
    this.#events.onChanged();
  }

  #onGone(how: string, lifeMs: number): void {
    this.#process = undefined;
    this.#addresses = undefined;
    this.#events.onChanged();
    if (this.#isStopping) return;
    const pauseMs = this.#backoff.next(lifeMs);
    this.#pause = setTimeout(() => this.start(), pauseMs);
    this.#events.onDied(this, how, pauseMs);
  }
}

/** In a process group of its own, so that Ctrl-C reaches the supervisor alone, which stops its children in order. */
function forkLogged({ program, args, nodeOptions, env, logFile }: ChildPlan): ChildProcess {
  const log = openSync(logFile, "a", 0o600);
  try {
    return fork(program, args, { detached: true, env, execArgv: [...nodeOptions], stdio: ["ignore", log, log, "ipc"] });
  } finally {
    closeSync(log);
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
    });
    child.once("exit", (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
  });
}
