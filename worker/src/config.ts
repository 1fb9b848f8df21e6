import { z } from "zod";

const positive = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);

const schema = z
  .object({
    DATABASE_URL: z.string().min(1, "the URL of the Postgres that judges"),
    REDIS_URL: z.string().min(1, "the URL of the Redis that admits"),
    /** Of the Redis that carries the pages, or another user of the same one; by default REDIS_URL. */
    REDIS_QUEUE_URL: z.string().min(1, "leave it out where the queue is at REDIS_URL").optional(),
    /** Database connections of this process. */
    DATABASE_POOL: positive(6, 90),
    /** Transactions that settle at once: one for each running sale. */
    PAGE_CONCURRENCY: positive(4, 64),
    OPS_HOST: z.string().default("127.0.0.1"),
    OPS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
    /** How long the start waits for Postgres and Redis, seconds. */
    STARTUP_WAIT_S: z.coerce.number().int().min(0).max(3_600).default(60),
  })
  .refine((env) => env.PAGE_CONCURRENCY <= env.DATABASE_POOL, {
    path: ["PAGE_CONCURRENCY"],
    message: "must not exceed DATABASE_POOL: what settles holds one connection",
  });

export type WorkerConfig = z.infer<typeof schema>;

/** Reads the worker's environment. Throws one error that names every fault. */
export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`the worker's environment is not usable:\n${z.prettifyError(parsed.error)}`);
}
