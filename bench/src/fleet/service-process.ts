import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { signal } from "./signals.ts";

const PROGRAM = fileURLToPath(new URL("../../../cli/bin/flashgate.js", import.meta.url));
const RESTART_MS = 200;
/** A process gives what it has under way 15 s; past that it hangs. */
const STOP_MS_MAX = 20_000;

export type Service = "api" | "worker" | "scheduler";
export const SERVICES: readonly Service[] = ["api", "worker", "scheduler"];

/** How to run one process; the same for each of its lives. */
export interface ServicePlan {
  /** `api-1` */
  readonly name: string;
  readonly service: Service;
  readonly env: NodeJS.ProcessEnv;
  /** What makes the process end with this one, where the system has such a thing. */
  readonly wrapper: readonly string[];
  readonly logFile: string;
}

/**
 * A process of the fleet, started again whenever it ends.
 *
 * ```
 *   starting ── says that it is ready ──▶ ready         freeze(), at any time and over every life ──▶ frozen ── thaw()
 *    ▲    │ ends                            │ ends
 *    └────┴─────────── after 0.2 s ─────────┘           stop() ──▶ gone
 * ```
 */
export class ServiceProcess {
  readonly plan: ServicePlan;
  /** How often it ended otherwise than by a signal of ours, by exit code. */
  readonly exits = new Map<string, number>();
  #child: ChildProcess | undefined;
  #ready = false;
  #readyCount = 0;
  #frozen = 0;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(plan: ServicePlan) {
    this.plan = plan;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isReady(): boolean {
    return this.#ready && this.#frozen === 0;
  }

  /** How many of its lives have become ready. */
  get readyCount(): number {
    return this.#readyCount;
  }

  start(): void {
    const { service, env, wrapper, logFile } = this.plan;
    const log = openSync(logFile, "a", 0o600);
    const [file = process.execPath, ...args] = [...wrapper, process.execPath, PROGRAM, service];
    const child = spawn(file, args, { env, stdio: ["ignore", log, log, "ipc"] });
    closeSync(log);
    this.#child = child;
    if (this.#frozen > 0 && child.pid !== undefined) signal(child.pid, "SIGSTOP");
    child.on("message", (message) => {
      if (Object(message).kind !== "ready") return;
      this.#ready = true;
      this.#readyCount += 1;
    });
    child.on("error", () => undefined);
    child.once("exit", (code, name) => this.#onExit(child, name ?? `exit code ${code}`));
  }

  /** SIGKILL, now. Whether there was anything to kill. */
  kill(): boolean {
    return this.#signal("SIGKILL");
  }

  /** SIGTERM; resolves once this life is over, with how long that took. The next one starts by itself. */
  async terminate(): Promise<number> {
    const startedMs = performance.now();
    const child = this.#child;
    if (child && this.#signal("SIGTERM")) await ended(child);
    return performance.now() - startedMs;
  }

  /** SIGSTOP, for this life and every one that begins until as many thaws. Whether a life was stopped by it. */
  freeze(): boolean {
    this.#frozen += 1;
    return this.#signal("SIGSTOP");
  }

  thaw(): void {
    this.#frozen = Math.max(0, this.#frozen - 1);
    if (this.#frozen === 0) this.#signal("SIGCONT");
  }

  /** Ends it for good, orderly if it can; resolves once it is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#frozen = 0;
    this.#signal("SIGCONT");
    const child = this.#child;
    if (child && this.#signal("SIGTERM")) await ended(child);
  }

  #signal(name: NodeJS.Signals): boolean {
    const pid = this.#child?.pid;
    return pid !== undefined && signal(pid, name);
  }

  #onExit(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#ready = false;
    if (how !== "SIGKILL") this.exits.set(how, (this.exits.get(how) ?? 0) + 1);
    if (!this.#stopped) this.#timer = setTimeout(() => this.start(), RESTART_MS);
  }
}

/** Kills what does not end in time. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  await once(child, "exit");
  clearTimeout(deadline);
}
