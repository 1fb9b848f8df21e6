import type { ContestHandler, ContestParts } from "./desk.ts";

/** `GET /health`: unhealthy while what this process needs to sell and settle is away. */
export function readHealth({ contest }: ContestParts): ContestHandler {
  return async () => {
    const [database, redis] = await Promise.all([contest.isUp.database(), contest.isUp.redis()]);
    const word = (up: boolean) => (up ? "UP" : "DOWN");
    const { heapUsed, heapTotal, rss } = process.memoryUsage();
    const body = {
      services_status: { app: "UP", database: word(database), redis: word(redis) },
      /** Seconds. */
      uptime: Math.floor(process.uptime()),
      /** Bytes. */
      memory: { alloc: heapUsed, total_alloc: heapTotal, sys: rss },
    };
    return { kind: database && redis ? "done" : "unhealthy", body };
  };
}

/** `GET /metrics`: this process's, which operators find on the ops port as well. */
export function readMetrics({ contest }: ContestParts): ContestHandler {
  return async () => ({ kind: "page", ...(await contest.metrics.page()) });
}
