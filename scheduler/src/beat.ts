import type { Clock } from "@flashgate/core";

/** Something done again and again. `runOnce` is complete in itself; the beat only decides when. */
export interface Duty {
  readonly name: string;
  readonly everyMs: number;
  /** The most of the time that it may be under way: a run that takes long is followed by a longer pause. Default: all. */
  readonly shareMax?: number;
  runOnce(): Promise<void>;
}

/**
 * Runs a duty at once and then after every pause, never twice at a time. A failure is told and does not end the beat.
 *
 * ```
 *   stopped ── start ──▶ running ⇄ pausing ── stop: waits for the run under way ──▶ stopped
 * ```
 * Starting a started beat and stopping a stopped one do nothing.
 */
export class Beat {
  readonly #duty: Duty;
  readonly #onFault: (duty: string, error: unknown) => void;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;

  /** `clock`: one that nobody sets. */
  constructor(duty: Duty, onFault: (duty: string, error: unknown) => void, clock: Clock) {
    this.#duty = duty;
    this.#onFault = onFault;
    this.#clock = clock;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #run(): void {
    const { everyMs, shareMax = 1 } = this.#duty;
    const startedMs = this.#clock.nowMs();
    this.#running = this.#duty
      .runOnce()
      .catch((error: unknown) => this.#onFault(this.#duty.name, error))
      .then(() => {
        if (this.#stopped) return;
        const restMs = (this.#clock.nowMs() - startedMs) * (1 / shareMax - 1);
        this.#timer = setTimeout(() => this.#run(), Math.max(everyMs, restMs));
      });
  }
}
