import type { Clock } from "../ports/clock.ts";

/** How a process waits, and words what went wrong. */
export interface Looking {
  readonly clock: Clock;
  /** Whether `work`, which never rejects, ends within so many milliseconds. */
  readonly inTime: (work: Promise<void>, ms: number) => Promise<boolean>;
  /** What is said, in a line, of anything thrown. */
  readonly faultLine: (thrown: unknown) => string;
  /** How long a look may take before it is a fault. Default: 2 s. */
  readonly patienceMs?: number;
  /** After how long who looks is told what was seen before, which may be nothing. Default: they wait as long as it may take. */
  readonly hasteMs?: number;
}

export interface Pacing extends Looking {
  /** Never looked at more often than this. */
  readonly everyMs: number;
  /** Of the time, a look takes at most this share. Default: a twentieth, so that watching never becomes a load of its own. */
  readonly shareMax?: number;
}

const SHARE_MAX = 1 / 20;
const PATIENCE_MS = 2_000;

/**
 * One thing about a sale that is looked at again and again: one look at a time, and after a slow one a rest that is as
 * much longer. Between two looks it tells what the last one saw.
 *
 * ```
 *   rested ── look(): due ──▶ looking ── answer or fault ──▶ resting ── its rest is over ──▶ rested
 * ```
 */
export class PacedSource<Value> {
  readonly #name: string;
  readonly #read: (saleId: string) => Promise<Value>;
  readonly #pacing: Pacing;
  #saleId = "";
  #value: Value | null = null;
  #fault: string | null = null;
  #looking: Promise<void> | null = null;
  #begunMs = Number.NEGATIVE_INFINITY;
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(name: string, read: (saleId: string) => Promise<Value>, pacing: Pacing) {
    this.#name = name;
    this.#read = read;
    this.#pacing = pacing;
  }

  /** Why there is nothing to tell, in a line; null where there is. */
  get fault(): string | null {
    return this.#fault === null ? null : `${this.#name}: ${this.#fault}`;
  }

  /** What is known of a sale: seen now, or just before. Null where it cannot be seen; never rejects. */
  async look(saleId: string): Promise<Value | null> {
    if (saleId !== this.#saleId) this.#forget(saleId);
    if (!this.#looking && this.#pacing.clock.nowMs() >= this.#dueMs) this.#begin(saleId);
    if (this.#looking) await this.#wait(this.#looking);
    return this.#fault === null ? this.#value : null;
  }

  async #wait(looking: Promise<void>): Promise<void> {
    const { clock, inTime, patienceMs = PATIENCE_MS, hasteMs = patienceMs } = this.#pacing;
    if (await inTime(looking, hasteMs)) return;
    if (hasteMs < patienceMs && clock.nowMs() - this.#begunMs < patienceMs) return;
    this.#fault = `no answer within ${patienceMs} ms`;
  }

  #forget(saleId: string): void {
    this.#saleId = saleId;
    this.#value = null;
    this.#fault = null;
    this.#looking = null;
    this.#dueMs = Number.NEGATIVE_INFINITY;
  }

  #begin(saleId: string): void {
    const { clock, everyMs, shareMax = SHARE_MAX, faultLine } = this.#pacing;
    const startedMs = clock.nowMs();
    this.#begunMs = startedMs;
    const end = (value: Value | null, fault: string | null) => {
      if (saleId !== this.#saleId) return;
      this.#value = value;
      this.#fault = fault;
      this.#looking = null;
      const tookMs = clock.nowMs() - startedMs;
      this.#dueMs = startedMs + Math.max(everyMs, tookMs / shareMax);
    };
    this.#looking = this.#read(saleId).then(
      (value) => end(value, null),
      (error: unknown) => end(null, faultLine(error)),
    );
  }
}
