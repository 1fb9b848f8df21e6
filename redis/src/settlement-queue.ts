import { PAGE_CHECKOUTS_MAX, type Page, type SettlementQueue } from "@flashgate/core";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { connect, ready } from "./connection.ts";
import { QUEUE_NAME, QUEUE_PREFIX } from "./keys.ts";
import type { PageTracing } from "./page-tracing.ts";

/** How long a checkout waits for company before its page leaves. */
export const PAGE_COLLECT_MS = 8;
/** A page that has to be retried waits this long; it ends as failed after so many deliveries, and the sweep makes a new one. */
const RETRY_MS = 250;
const ATTEMPTS_MAX = 20;
/** Queue events kept: nobody reads them back. */
const EVENTS_KEPT = 100;

export interface SettlementQueueOptions {
  readonly url: string;
  /** Told of every page whose enqueue failed or timed out; the sweep will page its holds again. */
  readonly onFault: (page: Page, error: unknown) => void;
  readonly tracing?: PageTracing | null;
}

/** A page that is not full yet. */
interface Collected {
  readonly page: Page & { readonly checkoutIds: string[] };
  /** Of its shoppers, where their traces are kept. */
  readonly traceparents: string[];
  readonly timer: NodeJS.Timeout;
}

/**
 * Collects submitted checkouts into pages and enqueues them through BullMQ, behind the shopper's answer.
 *
 * ```
 *   (empty) ── first checkout: start the timer ──▶ collecting ── 200 checkouts, or the timer ──▶ enqueued, (empty)
 * ```
 */
export class BullSettlementQueue implements SettlementQueue {
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #onFault: SettlementQueueOptions["onFault"];
  readonly #tracing: PageTracing | null;
  readonly #collecting = new Map<string, Collected>();
  readonly #underWay = new Set<Promise<void>>();

  constructor({ url, onFault, tracing = null }: SettlementQueueOptions) {
    this.#onFault = onFault;
    this.#tracing = tracing;
    this.#redis = connect(url, "queue", "answer");
    this.#queue = new Queue(QUEUE_NAME, {
      prefix: QUEUE_PREFIX,
      connection: this.#redis,
      skipWaitingForReady: true,
      skipVersionCheck: true,
      ...(tracing ? { telemetry: tracing.telemetry } : {}),
      streams: { events: { maxLen: EVENTS_KEPT } },
      defaultJobOptions: { attempts: ATTEMPTS_MAX, backoff: { type: "fixed", delay: RETRY_MS } },
    });
    this.#queue.on("error", () => undefined);
  }

  submit(saleId: string, epoch: number, checkoutId: string): void {
    const name = `${saleId} ${epoch}`;
    const traceparent = this.#tracing?.traceparent();
    const open = this.#collecting.get(name);
    if (open) {
      open.page.checkoutIds.push(checkoutId);
      if (traceparent !== undefined) open.traceparents.push(traceparent);
      if (open.page.checkoutIds.length >= PAGE_CHECKOUTS_MAX) this.#send(name);
      return;
    }
    const timer = setTimeout(() => this.#send(name), PAGE_COLLECT_MS);
    const traceparents = traceparent === undefined ? [] : [traceparent];
    this.#collecting.set(name, { page: { saleId, epoch, checkoutIds: [checkoutId] }, traceparents, timer });
  }

  async enqueue(page: Page, traceparents: readonly string[] = []): Promise<void> {
    await this.#queue.add("page", traceparents.length > 0 ? { ...page, traceparents } : page);
  }

  /** Resolves while the server of the queue answers; for readiness. */
  async ping(): Promise<void> {
    await this.#redis.ping();
  }

  /** Resolves once pages can be enqueued; before that, enqueuing fails. */
  async whenReady(): Promise<void> {
    await ready(this.#redis);
  }

  /** Sends what is collected, waits for what is under way, and disconnects. */
  async close(): Promise<void> {
    for (const name of [...this.#collecting.keys()]) this.#send(name);
    await Promise.all(this.#underWay);
    await this.#queue.close();
    this.#redis.disconnect();
  }

  #send(name: string): void {
    const collected = this.#collecting.get(name);
    if (!collected) return;
    this.#collecting.delete(name);
    clearTimeout(collected.timer);
    const sent = this.enqueue(collected.page, collected.traceparents)
      .catch((error: unknown) => this.#onFault(collected.page, error))
      .finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
  }
}
