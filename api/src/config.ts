import { z } from "zod";

const TICKET_SECRET_BYTES_MIN = 32;

const schema = z
  .object({
    DATABASE_URL: z.string().min(1, "the URL of the Postgres that judges"),
    REDIS_URL: z.string().min(1, "the URL of the Redis that admits"),
    /** Database connections of this process: status reads, cancels and the sale board. */
    DATABASE_POOL: z.coerce.number().int().min(1).max(90).default(5),
    HOST: z.string().default("127.0.0.1"),
    PORT: z.coerce.number().int().min(0).max(65_535).default(3_000),
    /** Signs tickets. */
    TICKET_SECRET: z.string().refine((secret) => Buffer.byteLength(secret) >= TICKET_SECRET_BYTES_MIN, {
      message: `must have at least ${TICKET_SECRET_BYTES_MIN} bytes: make one with "openssl rand -hex 32"`,
    }),
    /** The secret before the last rotation: its tickets are still read. */
    TICKET_SECRET_PREVIOUS: z.string().min(TICKET_SECRET_BYTES_MIN).optional(),
    /** Who says who is asking. `trusted`: the shop's own backend, in X-User-Id. */
    AUTH: z.enum(["trusted"]).default("trusted"),
    AUTH_TRUSTED_IN_PRODUCTION: z.enum(["yes", "no"]).default("no"),
    NODE_ENV: z.string().default("development"),
    /** The contest API, which believes whatever user id it is told. Default: on where AUTH is trusted, never in production. */
    CONTEST_API: z.enum(["on", "off"]).optional(),
    /** Which attempts are recorded in the ledger: refused ones as well, or accepted ones only. */
    ATTEMPTS: z.enum(["all", "accepted"]).default("all"),
    OPS_HOST: z.string().default("127.0.0.1"),
    OPS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  })
  .transform((env) => {
    const local = env.NODE_ENV !== "production" && env.AUTH === "trusted";
    return { ...env, CONTEST_API: env.CONTEST_API ?? (local ? "on" : "off") };
  })
  .refine((env) => env.CONTEST_API === "off" || env.AUTH === "trusted", {
    path: ["CONTEST_API"],
    message: "on believes whatever user id it is told, which AUTH was to end: set CONTEST_API=off",
  })
  .refine((env) => env.NODE_ENV !== "production" || env.AUTH_TRUSTED_IN_PRODUCTION === "yes", {
    path: ["AUTH"],
    message:
      "trusted takes X-User-Id from anybody who can reach the port: in production set AUTH_TRUSTED_IN_PRODUCTION=yes and let only the shop's backend through",
  });

export type ApiConfig = z.infer<typeof schema>;

/** Reads the api's environment. Throws one error that names every fault. */
export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`the api's environment is not usable:\n${z.prettifyError(parsed.error)}`);
}
