import { causeOf, PAGE_CHECKOUTS_MAX, type Page } from "@flashgate/core";
import { Worker } from "bullmq";
import { QUEUE_NAME, QUEUE_PREFIX } from "./keys.ts";
import type { PageTracing } from "./page-tracing.ts";

/** What becomes of a page job. `retry` and a thrown error deliver it again, after a backoff. */
export type PageResult = "done" | "retry";

export interface SettlementConsumerOptions {
  readonly url: string;
  /** Pages taken at once. */
  readonly concurrency: number;
  readonly settle: (page: Page) => Promise<PageResult>;
  readonly onFault: (error: unknown) => void;
  readonly tracing?: PageTracing | null;
}

/** A job's lock: past it without a renewal another worker takes the page over, which the ledger's keys make harmless. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
/** Stalls an innocent page may suffer (its worker was killed) before it is failed; the sweep pages its holds again. */
const STALLS_MAX = 10;
/** Failed pages kept for ops to look at; done ones are of no interest. */
const FAILED_KEPT = { age: 24 * 3_600, count: 1_000 };

/** Takes page jobs off the queue, any number of processes side by side. */
export class BullSettlementConsumer {
  readonly #worker: Worker;
  #finished = 0;

  constructor({ url, concurrency, settle, onFault, tracing = null }: SettlementConsumerOptions) {
    this.#worker = new Worker(
      QUEUE_NAME,
      async (job) => {
        const page = pageOf(job.data);
        const run = () => settle(page).catch((error: unknown) => Promise.reject(pageFailure(error)));
        const result = await (tracing ? tracing.settling(traceparentsOf(job.data), run) : run());
        if (result === "retry") throw new PageRetry();
      },
      {
        prefix: QUEUE_PREFIX,
        connection: { url, connectionName: "flashgate-consumer", maxRetriesPerRequest: null },
        concurrency,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        maxStalledCount: STALLS_MAX,
        removeOnComplete: { count: 0 },
        removeOnFail: FAILED_KEPT,
        autorun: false,
        ...(tracing ? { telemetry: tracing.telemetry } : {}),
      },
    );
    this.#worker.on("error", onFault);
    this.#worker.on("completed", () => {
      this.#finished += 1;
    });
    this.#worker.on("failed", (_job, error) => {
      this.#finished += 1;
      if (!(error instanceof PageRetry)) onFault(error);
    });
  }

  /** Pages it was done with, in whatever way, since it was made. */
  get finished(): number {
    return this.#finished;
  }

  async start(): Promise<void> {
    await this.#worker.waitUntilReady();
    this.#worker.run().catch(() => undefined);
  }

  /** Takes no further page and waits for those under way. */
  async close(): Promise<void> {
    await this.#worker.close();
  }
}

/** How a page job asks BullMQ for another delivery. */
class PageRetry extends Error {
  constructor() {
    super("the sale's gate is being recovered; deliver the page again");
  }
}

/** What BullMQ keeps of a page that failed and shows to operators: its cause. What is wrapped around that quotes shoppers. */
function pageFailure(error: unknown): Error {
  return new Error(causeOf(error), { cause: error });
}

/** The only things a job may say are which ids to look up. Throws on anything else: an edited job fails, it does not act. */
function pageOf(data: unknown): Page {
  const { saleId, epoch, checkoutIds } = Object(data) as Partial<Page>;
  const ids = Array.isArray(checkoutIds) && checkoutIds.every((id) => typeof id === "string") ? checkoutIds : null;
  if (typeof saleId !== "string" || !Number.isInteger(epoch) || !ids || ids.length > PAGE_CHECKOUTS_MAX) {
    throw new Error("a page job holds a sale id, an epoch and at most 200 checkout ids");
  }
  return { saleId, epoch: Number(epoch), checkoutIds: ids };
}

const TRACEPARENT = /^00-[\da-f]{32}-[\da-f]{16}-01$/;

/** The traces that a page goes on with; what is none is left out. */
function traceparentsOf(data: unknown): string[] {
  const { traceparents } = Object(data) as { readonly traceparents?: unknown };
  if (!Array.isArray(traceparents)) return [];
  return traceparents
    .slice(0, PAGE_CHECKOUTS_MAX)
    .filter((traceparent) => typeof traceparent === "string" && TRACEPARENT.test(traceparent));
}
