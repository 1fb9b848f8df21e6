/** What somebody who watches the settlement queue reads of it, in a bounded number of steps. Outages throw. */
export interface QueueReader {
  depth(): Promise<QueueDepth>;
}

/** Page jobs by state. */
export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
  /** Waiting for their next try. */
  readonly delayed: number;
  /** Given up; the sweep pages their holds again. */
  readonly failed: number;
  /** Nobody is given any: somebody stopped the queue. */
  readonly paused: boolean;
  /** When the oldest that is not done was enqueued, by the clock of who did it; null where there is none. */
  readonly oldestAtMs: number | null;
}
