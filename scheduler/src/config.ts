import { ATTEMPT_RECORDINGS } from "@flashgate/core";
import { z } from "zod";

const positive = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);

const schema = z.object({
  DATABASE_URL: z.string().min(1, "the URL of the Postgres that judges"),
  REDIS_URL: z.string().min(1, "the URL of the Redis that admits"),
  /** Of the Redis that carries the pages, or another user of the same one; by default REDIS_URL. */
  REDIS_QUEUE_URL: z.string().min(1, "leave it out where the queue is at REDIS_URL").optional(),
  /** Database connections of this process: one for each duty that may run at once. */
  DATABASE_POOL: positive(5, 90),
  /** Whether hourly sales are prepared; custom sales are looked after in any case. */
  ROTATION: z.enum(["on", "off"]).default("on"),
  /** What the hourly sales that it makes keep of attempts; a sale that is made already stays as it is. */
  ATTEMPTS: z.enum(ATTEMPT_RECORDINGS).default("all"),
  /** Sales sealed longer ago than so many days are removed with all their rows; left out, none ever is. */
  RETENTION_DAYS: z.coerce.number("whole days, or left out to keep every sale").int().min(1).max(36_500).optional(),
  /** Holds a gate takes before it answers that it is full. */
  BACKLOG_MAX: positive(100_000, 10_000_000),
  OPS_HOST: z.string().default("127.0.0.1"),
  OPS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  /** How long the start waits for Postgres and Redis, seconds. */
  STARTUP_WAIT_S: z.coerce.number().int().min(0).max(3_600).default(60),
});

export type SchedulerConfig = z.infer<typeof schema>;

/** Reads the scheduler's environment. Throws one error that names every fault. */
export function readConfig(env: NodeJS.ProcessEnv): SchedulerConfig {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`the scheduler's environment is not usable:\n${z.prettifyError(parsed.error)}`);
}
