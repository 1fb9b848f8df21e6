import { Queue } from "bullmq";
import type { Redis } from "ioredis";

/** A queue for somebody who looks at it: it is set up by who fills it. */
export function lookAtQueue(redis: Redis, name: string, prefix: string): Queue {
  const queue = new Queue(name, {
    prefix,
    connection: redis,
    skipWaitingForReady: true,
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  queue.on("error", () => undefined);
  return queue;
}
