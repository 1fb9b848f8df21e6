import type { QueueReader } from "@flashgate/core";
import type { Queue } from "bullmq";
import { connect, ready } from "./connection.ts";
import { QUEUE_NAME, QUEUE_PREFIX } from "./keys.ts";
import { lookAtQueue } from "./look-at-queue.ts";
import { depthOf } from "./queue-reader.ts";

/** Every queue of a deployment, that of the pages first: whoever shows queues shows these, and a new one is entered here. */
const QUEUES = [
  {
    name: QUEUE_NAME,
    prefix: QUEUE_PREFIX,
    about: "Pages of up to 200 checkouts on their way to the judge. Done ones are not kept, failed ones for a day.",
  },
] as const;

/** How long the first look may wait for Redis. */
const CONNECT_MS_MAX = 3_000;

export interface OpenQueue {
  readonly queue: Queue;
  /** What is in it. */
  readonly about: string;
}

export interface OpenQueues extends QueueReader {
  readonly all: readonly OpenQueue[];
  close(): Promise<void>;
}

/** Opens all queues for somebody who looks, over one connection as the queues' user. Rejects when Redis is away. */
export async function openQueues(url: string): Promise<OpenQueues> {
  const redis = connect(url, "board", "answer");
  try {
    await ready(redis, CONNECT_MS_MAX);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const all = QUEUES.map(({ name, prefix, about }) => ({ queue: lookAtQueue(redis, name, prefix), about }));
  const [pages] = all;
  if (!pages) throw new Error("there is no queue of pages");
  return {
    all,
    depth: () => depthOf(pages.queue),
    close: async () => {
      await Promise.all(all.map(({ queue }) => queue.close()));
      redis.disconnect();
    },
  };
}
