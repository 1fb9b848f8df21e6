import { Queue } from "bullmq";
import { connect, ready } from "./connection.ts";
import { QUEUE_NAME, QUEUE_PREFIX } from "./keys.ts";

/** Every queue of a deployment: whoever shows queues shows these, and a new one is entered here. */
const QUEUES = [
  {
    name: QUEUE_NAME,
    prefix: QUEUE_PREFIX,
    about: "Pages of up to 200 checkouts on their way to the judge. Done ones are not kept, failed ones for a day.",
  },
] as const;

/** How long the first look may wait for Redis. */
const CONNECT_MS_MAX = 3_000;

export interface ShownQueue {
  readonly queue: Queue;
  /** What is in it. */
  readonly about: string;
}

export interface ShownQueues {
  readonly all: readonly ShownQueue[];
  close(): Promise<void>;
}

/** Opens all queues for somebody who looks, over one connection as the queues' user. Rejects when Redis is away. */
export async function openQueues(url: string): Promise<ShownQueues> {
  const redis = connect(url, "board", "answer");
  try {
    await ready(redis, CONNECT_MS_MAX);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const all = QUEUES.map(({ name, prefix, about }) => {
    const queue = new Queue(name, {
      prefix,
      connection: redis,
      skipWaitingForReady: true,
      skipVersionCheck: true,
      // a queue is set up by who fills it
      skipMetasUpdate: true,
    });
    queue.on("error", () => undefined);
    return { queue, about };
  });
  return {
    all,
    close: async () => {
      await Promise.all(all.map(({ queue }) => queue.close()));
      redis.disconnect();
    },
  };
}
