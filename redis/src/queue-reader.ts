import type { QueueDepth, QueueReader } from "@flashgate/core";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { connect, ready } from "./connection.ts";
import { QUEUE_NAME, QUEUE_PREFIX } from "./keys.ts";
import { lookAtQueue } from "./look-at-queue.ts";

const UNDONE = ["waiting", "active", "delayed"] as const;

/** Reads the queue of page jobs, and writes nothing to it. */
export class BullQueueReader implements QueueReader {
  readonly #redis: Redis;
  readonly #queue: Queue;

  constructor(url: string, name: string) {
    this.#redis = connect(url, `${name}-queue-reader`, "answer");
    this.#queue = lookAtQueue(this.#redis, QUEUE_NAME, QUEUE_PREFIX);
  }

  /** Resolves once the queue can be read; before that, reading fails. */
  async whenReady(): Promise<void> {
    await ready(this.#redis);
  }

  /** Resolves while the server of the queue answers; for readiness. */
  async ping(): Promise<void> {
    await this.#redis.ping();
  }

  depth(): Promise<QueueDepth> {
    return depthOf(this.#queue);
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#redis.disconnect();
  }
}

/** How full a queue is. */
export async function depthOf(queue: Queue): Promise<QueueDepth> {
  // the first of each state, in the order in which they will be taken
  const [counts, first, paused] = await Promise.all([
    queue.getJobCounts(...UNDONE, "failed"),
    queue.getJobs([...UNDONE], 0, 0, true),
    queue.isPaused(),
  ]);
  const atMs = first.map((job) => job.timestamp);
  const count = (state: string) => counts[state] ?? 0;
  return {
    waiting: count("waiting"),
    active: count("active"),
    delayed: count("delayed"),
    failed: count("failed"),
    paused,
    oldestAtMs: atMs.length > 0 ? Math.min(...atMs) : null,
  };
}
