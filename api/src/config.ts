import { ATTEMPT_RECORDINGS } from "@flashgate/core";
import { z } from "zod";
import { accessFaults, accessSettings, secret } from "./access-settings.ts";

/** Fewer than the connections that the server takes, so that streams never keep shoppers out. */
const STREAMS_MAX = 15_000;

const schema = z
  .object({
    DATABASE_URL: z.string().min(1, "the URL of the Postgres that judges"),
    REDIS_URL: z.string().min(1, "the URL of the Redis that admits"),
    /** Of the Redis that carries the pages, or another user of the same one; by default REDIS_URL. */
    REDIS_QUEUE_URL: z.string().min(1, "leave it out where the queue is at REDIS_URL").optional(),
    /** Database connections of this process: status reads, cancels and the sale board. */
    DATABASE_POOL: z.coerce.number().int().min(1).max(90).default(5),
    HOST: z.string().default("127.0.0.1"),
    PORT: z.coerce.number().int().min(0).max(65_535).default(3_000),
    /** Signs tickets. */
    TICKET_SECRET: secret,
    /** The secret before the last rotation: its tickets are still read. */
    TICKET_SECRET_PREVIOUS: secret.optional(),
    ...accessSettings,
    NODE_ENV: z.string().default("development"),
    /** The contest API, which believes whatever user id it is told. Default: on where AUTH is trusted, never in production. */
    CONTEST_API: z.enum(["on", "off"]).optional(),
    /**
     * What the sales that it makes keep of attempts. Of any sale it records refused ones where this and the sale say all:
     * what is kept of accepted ones is the sale's to say alone.
     */
    ATTEMPTS: z.enum(ATTEMPT_RECORDINGS).default("all"),
    /** Streams of events this process keeps open at most; further ones are told to come back. */
    STREAMS_MAX: z.coerce.number().int().min(1).max(STREAMS_MAX).default(10_000),
    /** Whether jobs may be retried and removed on the queues' board; else it only shows them. */
    BOARD_CHANGES: z.enum(["on", "off"]).default("off"),
    /** Whether the console may send a crowd to a sale of its own: what started this process must know how. */
    DEMO_CROWD: z.enum(["on", "off"]).default("off"),
    /** Where the console finds dashboards, as browsers open it. */
    GRAFANA_URL: z.url({ protocol: /^https?$/, error: "must be the http(s) URL of a Grafana" }).optional(),
    OPS_HOST: z.string().default("127.0.0.1"),
    OPS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
    /** How long the start waits for Postgres and Redis, seconds. */
    STARTUP_WAIT_S: z.coerce.number().int().min(0).max(3_600).default(60),
  })
  .superRefine(
    (env, context) => {
      const faults = [...accessFaults(env), ...contestFaults(env), ...crowdFaults(env)];
      for (const [path, message] of faults) context.addIssue({ code: "custom", path: [path], message });
    },
    // Even where single settings are faulty: whoever mends them learns of everything at once.
    { when: () => true },
  )
  .transform((env) => {
    const local = env.NODE_ENV !== "production" && env.AUTH === "trusted";
    return { ...env, CONTEST_API: env.CONTEST_API ?? (local ? "on" : "off") };
  });

function contestFaults(env: { readonly CONTEST_API?: unknown; readonly AUTH?: unknown }) {
  if (env.CONTEST_API !== "on" || env.AUTH === "trusted") return [];
  const message = "on believes whatever user id it is told, which AUTH was to end: set CONTEST_API=off";
  return [["CONTEST_API", message]] as const;
}

function crowdFaults(env: { readonly DEMO_CROWD?: unknown; readonly NODE_ENV?: unknown }) {
  if (env.DEMO_CROWD !== "on" || env.NODE_ENV !== "production") return [];
  return [["DEMO_CROWD", "on is for demonstrations, which production gives none: leave it out"]] as const;
}

export type ApiConfig = z.infer<typeof schema>;

/** Reads the api's environment. Throws one error that names every fault. */
export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`the api's environment is not usable:\n${z.prettifyError(parsed.error)}`);
}
