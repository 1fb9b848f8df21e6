import type { QueueReader } from "@flashgate/core";

export interface QueueWatchParts {
  readonly queue: QueueReader;
  /** Pages this process was done with so far, in whatever way. */
  readonly finished: () => number;
  /** Between two looks. */
  readonly everyMs: number;
  /** How long jobs may wait without this process finishing one. */
  readonly stuckMs: number;
  /** Called once. */
  readonly onStuck: (quietMs: number, waiting: number) => void;
}

/**
 * Notices a consumer that does not move though jobs wait for it: one that lost its way in an outage takes nothing for
 * good. A page that fails is movement too, so an outage of Postgres is none of this; nor is one of Redis, or a queue that
 * somebody paused. What counts are looks, not time: a process that was frozen has not been quiet.
 *
 * ```
 *   moving ── jobs wait, none finished since the last look ──▶ quiet ── for stuckMs of looks ──▶ stuck
 *     ▲── a page finished, none waits, paused, not answered ──────┘
 * ```
 */
export class QueueWatch {
  readonly #parts: QueueWatchParts;
  #finished = 0;
  #quietLooks = 0;
  #looking = false;
  #isStuck = false;

  constructor(parts: QueueWatchParts) {
    this.#parts = parts;
  }

  /** How long it has been quiet; 0 while it moves. */
  get quietMs(): number {
    return this.#quietLooks * this.#parts.everyMs;
  }

  /** To be called every `everyMs`; a look that is not answered yet is not repeated. Never rejects. */
  async look(): Promise<void> {
    if (this.#looking || this.#isStuck) return;
    this.#looking = true;
    const { queue, finished, stuckMs, onStuck } = this.#parts;
    const depth = await queue.depth().catch(() => null);
    this.#looking = false;
    const done = finished();
    const waiting = depth === null || depth.paused ? 0 : depth.waiting;
    this.#quietLooks = waiting === 0 || done !== this.#finished ? 0 : this.#quietLooks + 1;
    this.#finished = done;
    if (this.quietMs < stuckMs) return;
    this.#isStuck = true;
    onStuck(this.quietMs, waiting);
  }
}
