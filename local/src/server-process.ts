/**
 * A server that is kept running until it is stopped.
 *
 *   running ──its process ends──► waiting ──the delay is over──► starting ──ready──► running
 *   starting ──not ready──► waiting          waiting ──no restart left──► lost
 *   running, waiting, starting ──stop()──► stopped
 */
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "./local-services-error.ts";
import { log } from "./log.ts";
import { RestartBudget, type RestartLimit } from "./restart-budget.ts";
import { launchServer, type ServerLife, type ServerPlan } from "./server-launch.ts";

/** Called as the server's fortunes change; never after stop(). */
export interface ServerEvents {
  readonly onRestarted: () => void;
  readonly onLost: (reason: string) => void;
}

export class ServerProcess {
  readonly #plan: ServerPlan;
  readonly #budget: RestartBudget;
  readonly #events: ServerEvents;
  readonly #stopping = new AbortController();
  #life: ServerLife;
  readonly #kept: Promise<void>;

  /** Takes over a server that has been launched by `plan`. */
  constructor(plan: ServerPlan, life: ServerLife, limit: RestartLimit, events: ServerEvents) {
    this.#plan = plan;
    this.#life = life;
    this.#budget = new RestartBudget(limit);
    this.#events = events;
    this.#kept = this.#keepRunning();
  }

  /** Of its present process, or of the last one while it is being restarted. */
  get pid(): number {
    return this.#life.pid;
  }

  /** Idempotent; resolves once its process is gone and no other will follow. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#life.end();
    await this.#kept;
  }

  async #keepRunning(): Promise<void> {
    for (;;) {
      const end = await this.#life.ended;
      if (this.#stopping.signal.aborted || !(await this.#revive(`${this.#plan.name} ${end}`))) return;
      // stop() may have come while the new process was getting ready, and ended only the old one
      if (this.#stopping.signal.aborted) await this.#life.end();
      else this.#events.onRestarted();
    }
  }

  async #revive(death: string): Promise<boolean> {
    const { signal } = this.#stopping;
    let reason = death;
    while (!signal.aborted) {
      const delayMs = this.#budget.spend(performance.now());
      if (delayMs === undefined) {
        this.#events.onLost(`${reason}\nIt died too often to be restarted once more.`);
        return false;
      }
      log(`${reason}; restarting in ${delayMs} ms`);
      try {
        await delay(delayMs, undefined, { signal });
        this.#life = await launchServer(this.#plan, signal);
        return true;
      } catch (error) {
        reason = messageOf(error);
      }
    }
    return false;
  }
}
