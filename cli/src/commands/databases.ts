import type { LocalServices } from "@flashgate/local";
import type { RedisUser } from "@flashgate/redis";
import { CommandFault } from "../command-fault.ts";
import { newSecret } from "../ids.ts";
import { orInterrupted } from "../interruption.ts";
import { keepSecret } from "../kept-secret.ts";
import { grantRole, migrateLedger } from "./migrate.ts";
import type { Addresses } from "./stores.ts";

export interface Databases extends Addresses {
  /** Where the processes find them: private ones as users who may do what the processes do, and no more. */
  readonly env: NodeJS.ProcessEnv;
  /** What is different for a scheduler, which opens gates. */
  readonly schedulerEnv: NodeJS.ProcessEnv;
  /** Rejects when they went down for good. */
  readonly down: Promise<never>;
  stop(): Promise<void>;
}

/** Starts the databases of a data folder, private or given, and brings the ledger's schema up to date. */
export async function startDatabases(dataDir: string, interruption: AbortSignal): Promise<Databases> {
  const [{ startLocalServices }, { redisUsers, urlFor }] = await Promise.all([
    import("@flashgate/local"),
    import("@flashgate/redis"),
  ]);
  // While they start there is nothing to drain: this process goes at once, and their supervisor, which notices, cleans up.
  const leave = () => process.exit(0);
  interruption.addEventListener("abort", leave);
  let onDown: (reason: string) => void = () => undefined;
  const down = new Promise<never>((_, reject) => {
    onDown = (reason) => reject(new CommandFault(`The databases are down: ${reason}`));
  });
  down.catch(() => undefined);
  const passwordOf = (user: RedisUser) => keepSecret(dataDir, `redis-${user}-password`, newSecret);
  const passwords = { gate: passwordOf("gate"), opener: passwordOf("opener"), queue: passwordOf("queue") };
  const services = await startLocalServices({ dataDir, durable: true, onDown, redisUsers: redisUsers(passwords) });
  interruption.removeEventListener("abort", leave);
  const { databaseUrl, redisUrl, stop } = services;
  try {
    const DATABASE_URL = await orInterrupted(prepareLedger(dataDir, services), interruption);
    const redis = redisEnvOf(services, (user) => urlFor(redisUrl, user, passwords[user]));
    return { databaseUrl, redisUrl, env: { DATABASE_URL, ...redis.env }, schedulerEnv: redis.schedulerEnv, down, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A private Postgres has a role for the processes, a given one is used as given. Returns the processes' URL. */
async function prepareLedger(dataDir: string, { databaseUrl, postgres }: LocalServices): Promise<string> {
  await migrateLedger(databaseUrl);
  if (postgres.kind === "external") return databaseUrl;
  return grantRole(databaseUrl, keepSecret(dataDir, "database-password", newSecret));
}

/** Where the processes find Redis: a private one as users of their own. */
export function redisEnvOf(
  { redis, redisUrl }: Pick<LocalServices, "redis" | "redisUrl">,
  as: (user: RedisUser) => string,
) {
  if (redis.kind === "external") return { env: { REDIS_URL: redisUrl }, schedulerEnv: {} };
  return { env: { REDIS_URL: as("gate"), REDIS_QUEUE_URL: as("queue") }, schedulerEnv: { REDIS_URL: as("opener") } };
}
