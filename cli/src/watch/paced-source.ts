import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@flashgate/core";
import { faultLine } from "../fault-line.ts";

export interface Pacing {
  readonly clock: Clock;
  /** Never looked at more often than this. */
  readonly everyMs: number;
  /** How long who looks waits for an answer. Default: 2 s. */
  readonly patienceMs?: number;
}

/** A look takes at most this share of the time, so that watching never becomes a load of its own. */
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
    const { patienceMs = PATIENCE_MS } = this.#pacing;
    if (this.#looking && !(await inTime(this.#looking, patienceMs))) this.#fault = `no answer within ${patienceMs} ms`;
    return this.#fault === null ? this.#value : null;
  }

  #forget(saleId: string): void {
    this.#saleId = saleId;
    this.#value = null;
    this.#fault = null;
    this.#looking = null;
    this.#dueMs = Number.NEGATIVE_INFINITY;
  }

  #begin(saleId: string): void {
    const { clock, everyMs } = this.#pacing;
    const startedMs = clock.nowMs();
    const end = (value: Value | null, fault: string | null) => {
      if (saleId !== this.#saleId) return;
      this.#value = value;
      this.#fault = fault;
      this.#looking = null;
      const tookMs = clock.nowMs() - startedMs;
      this.#dueMs = startedMs + Math.max(everyMs, tookMs / SHARE_MAX);
    };
    this.#looking = this.#read(saleId).then(
      (value) => end(value, null),
      (error: unknown) => end(null, faultLine(error)),
    );
  }
}

async function inTime(looking: Promise<void>, patienceMs: number): Promise<boolean> {
  const waiting = new AbortController();
  const late = delay(patienceMs, false, { signal: waiting.signal }).catch(() => false);
  const answered = await Promise.race([looking.then(() => true), late]);
  waiting.abort();
  return answered;
}
