import type { MemoryGate } from "../memory-gate.ts";
import type { Job, Process } from "./process.ts";

/** A service did not answer: the only error that a simulated port throws. */
export class Outage extends Error {
  constructor(what: string) {
    super(`no answer: ${what}`);
    this.name = "Outage";
  }
}

/** Where a call goes, and so what can happen to it on the way. */
export type Service = "gate" | "ledger" | "client";

/** One call of a port, on its way. */
export interface Call<Reply = unknown> {
  readonly service: Service;
  readonly method: string;
  /** Empty where the call is of no sale. */
  readonly saleId: string;
  /** Whether it can change anything, and so is worth delivering late. */
  readonly writes: boolean;
  /** The process's connection over which it has to be sent, where it makes use of what was read on that one. */
  readonly connection?: number;
  /** Has the call's effect; `gate` is the server that the caller is connected to when it happens. */
  readonly happen: (gate: MemoryGate) => Reply | Promise<Reply>;
  /** What the caller is left with when no answer comes: returns it or throws. `sent`: it may have happened, or will. */
  readonly fail: (sent: boolean) => Reply;
}

interface Parked extends Call {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One use case under way in a process. Each of its port calls parks it until the schedule decides the call's fate.
 *
 * ```
 *   start ──▶ parked ── reply or failure ──▶ parked … ──▶ finished
 *               └──── its process dies: never resumed
 * ```
 */
export class Actor {
  readonly name: string;
  readonly process: Process;
  /** Seldom scheduled: a process that was stopped, a slow disk, a long pause. */
  readonly sluggish: boolean;
  /** What the queue delivers again when the process dies. */
  job: Job | null = null;
  /** Put aside: stays parked while this says so. */
  isAside: () => boolean = () => false;
  #parked: Parked | null = null;
  #finished = false;
  #wake: () => void = () => undefined;

  constructor(name: string, process: Process, sluggish: boolean) {
    this.name = name;
    this.process = process;
    this.sluggish = sluggish;
  }

  /** The first word of its name: what kind of use case it is. */
  get role(): string {
    return this.name.split(" ", 1)[0] ?? "";
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** The call that waits for its fate. */
  get call(): Call {
    if (!this.#parked) throw new Error(`${this.name} waits for nothing`);
    return this.#parked;
  }

  /** Runs a use case up to its first call. Whatever it throws but an {@link Outage} goes to `crashed`. */
  start(useCase: () => Promise<void>, crashed: (error: unknown) => void): Promise<void> {
    return this.#untilParked(() => {
      useCase()
        .catch((error: unknown) => {
          if (!(error instanceof Outage)) crashed(error);
        })
        .then(() => {
          this.#finished = true;
          this.#wake();
        });
    });
  }

  /** Parks the use case with a call; resolves when the schedule answers it. */
  park<Reply>(call: Call<Reply>): Promise<Reply> {
    return new Promise<Reply>((resolve, reject) => {
      this.#parked = { ...call, resolve: resolve as Parked["resolve"], reject };
      this.#wake();
    });
  }

  /** Answers the parked call; resolves once the use case is parked again or finished. */
  resume(answer: () => unknown): Promise<void> {
    const parked = this.#parked;
    if (!parked) throw new Error(`${this.name} waits for nothing`);
    this.#parked = null;
    return this.#untilParked(() => {
      try {
        parked.resolve(answer());
      } catch (error) {
        parked.reject(error);
      }
    });
  }

  #untilParked(act: () => void): Promise<void> {
    return new Promise<void>((resolve) => {
      this.#wake = resolve;
      act();
    });
  }
}
