import type { QueueLoad } from "@flashgate/core";
import type { Queue } from "bullmq";

/** What is not done: its oldest job tells how long somebody waits already. */
const OPEN = ["waiting", "active", "delayed"] as const;

/** Reads how the queue stands, whatever its length: the counts, and the first job of each list. */
export async function loadOf(queue: Queue): Promise<QueueLoad> {
  const [counts, first, paused] = await Promise.all([
    queue.getJobCounts(...OPEN, "failed"),
    queue.getJobs([...OPEN], 0, 0, true),
    queue.isPaused(),
  ]);
  return {
    waiting: counts["waiting"] ?? 0,
    active: counts["active"] ?? 0,
    delayed: counts["delayed"] ?? 0,
    failed: counts["failed"] ?? 0,
    paused,
    oldestMs: first.length > 0 ? Math.min(...first.map((job) => job.timestamp)) : null,
  };
}
