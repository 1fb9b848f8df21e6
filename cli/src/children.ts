import type { Clock } from "@flashgate/core";
import { Child, type ChildPlan } from "./child.ts";
import { CommandFault } from "./command-fault.ts";
import { lastWords } from "./log-tail.ts";

export interface ChildrenEvents {
  /** A pid or an address is another one now. */
  readonly onChanged: () => void;
  /** One line about a child that died and comes back. */
  readonly onDied: (line: string) => void;
  /** A child says something else than that it is ready. */
  readonly onMessage?: (message: unknown) => void;
}

/** How often a child may die before it was ever ready, and how long all may take to be ready. */
const STILLBIRTHS_MAX = 3;
const READY_TIMEOUT_MS = 60_000;

/** The processes of one instance: started together, each kept running, stopped service by service in the order given. */
export class Children {
  readonly #children: readonly Child[];
  readonly #events: ChildrenEvents;
  readonly #stillbirths = new Map<Child, number>();
  readonly #everReady = new Set<Child>();
  #onSettled: (fault?: CommandFault) => void = () => undefined;

  constructor(plans: readonly ChildPlan[], events: ChildrenEvents, clock: Clock) {
    const own = {
      onChanged: () => this.#onChanged(),
      onDied: (child: Child, how: string, pauseMs: number) => this.#onDied(child, how, pauseMs),
      onMessage: (message: unknown) => events.onMessage?.(message),
    };
    this.#events = events;
    this.#children = plans.map((plan) => new Child(plan, own, clock));
  }

  list(): readonly Child[] {
    return this.#children;
  }

  /** Says something to those of one service that are ready. */
  tell(service: string, message: object): void {
    for (const child of this.#children) if (child.plan.service === service) child.tell(message);
  }

  /** Resolves once every child was ready. Throws a CommandFault with the last words of one that cannot be started. */
  async start(): Promise<void> {
    const settled = new Promise<void>((resolve, reject) => {
      this.#onSettled = (fault) => (fault ? reject(fault) : resolve());
    });
    const timer = setTimeout(() => this.#onSettled(this.#lateFault()), READY_TIMEOUT_MS);
    for (const child of this.#children) child.start();
    await settled.finally(() => clearTimeout(timer));
  }

  /** Resolves once all are gone. Idempotent. */
  async stop(): Promise<void> {
    this.#onSettled();
    for (const service of new Set(this.#children.map(({ plan }) => plan.service))) {
      const children = this.#children.filter(({ plan }) => plan.service === service);
      await Promise.all(children.map((child) => child.stop()));
    }
  }

  #onChanged(): void {
    for (const child of this.#children) if (child.addresses) this.#everReady.add(child);
    if (this.#everReady.size === this.#children.length) this.#onSettled();
    this.#events.onChanged();
  }

  #onDied(child: Child, how: string, pauseMs: number): void {
    const { name, logFile } = child.plan;
    const births = (this.#stillbirths.get(child) ?? 0) + (this.#everReady.has(child) ? 0 : 1);
    this.#stillbirths.set(child, births);
    if (births >= STILLBIRTHS_MAX) this.#onSettled(startFault(child, how));
    else this.#events.onDied(`${name} ${how}; it is started again in ${pauseMs} ms (${logFile})`);
  }

  #lateFault(): CommandFault {
    const late = this.#children.find((child) => !this.#everReady.has(child));
    if (!late) throw new Error("nobody is late, and yet not all are ready");
    return startFault(late, `was not ready within ${READY_TIMEOUT_MS / 1_000} s`);
  }
}

function startFault({ plan: { name, logFile } }: Child, how: string): CommandFault {
  const words = lastWords(logFile);
  return new CommandFault(`${name} ${how}${words === "" ? "" : `: ${words}`} (see ${logFile})`);
}
