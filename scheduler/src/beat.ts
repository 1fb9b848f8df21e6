/** Something done again and again. `runOnce` is complete in itself; the beat only decides when. */
export interface Duty {
  readonly name: string;
  readonly everyMs: number;
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
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(duty: Duty, onFault: (duty: string, error: unknown) => void) {
    this.#duty = duty;
    this.#onFault = onFault;
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
    this.#running = this.#duty
      .runOnce()
      .catch((error: unknown) => this.#onFault(this.#duty.name, error))
      .then(() => {
        if (!this.#stopped) this.#timer = setTimeout(() => this.#run(), this.#duty.everyMs);
      });
  }
}
