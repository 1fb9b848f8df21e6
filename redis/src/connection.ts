import { Redis, type RedisOptions } from "ioredis";

/** Longest wait for one answer of the gate; past it the outcome is unknown. */
export const GATE_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MS_MAX = 500;

const REDIS_MAJOR_MIN = 7;

/**
 * For the gate: answers or fails within a bound. Nothing waits for a connection and nothing is ever sent twice: a
 * command that was under way when the connection broke may have happened, and a leased one must not meet a new server.
 */
const ANSWER_OR_FAIL = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  commandTimeout: GATE_TIMEOUT_MS,
} as const;

/** Blocking reads of a queue consumer and subscriptions: wait for the server however long it takes. */
const WAIT_FOR_SERVER = { maxRetriesPerRequest: null };

/** A single-use connection: once it breaks, everything that was meant to happen on it is void. */
const NEVER_RECONNECT = { ...ANSWER_OR_FAIL, retryStrategy: () => null };

const PATIENCE = {
  answer: ANSWER_OR_FAIL,
  wait: WAIT_FOR_SERVER,
  once: NEVER_RECONNECT,
} as const satisfies Record<string, RedisOptions>;

/**
 * Opens a named connection; {@link ready} tells when it can be used.
 * Errors of the connection itself surface as failed commands; the listener keeps them from ending the process.
 */
export function connect(url: string, name: string, patience: keyof typeof PATIENCE): Redis {
  const redis = new Redis(url, {
    connectionName: `flashgate-${name}`,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt: number) => Math.min(25 * 2 ** attempt, RECONNECT_MS_MAX),
    ...PATIENCE[patience],
  });
  redis.on("error", () => undefined);
  return redis;
}

/** Waits until the connection can be used. Rejects when it ended, or after `timeoutMs`. */
export async function ready(redis: Redis, timeoutMs = 10_000): Promise<void> {
  if (redis.status === "ready") return;
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error) => {
      clearTimeout(timer);
      redis.off("ready", onReady).off("end", onEnd);
      if (error) reject(error);
      else resolve();
    };
    const onReady = () => done();
    const onEnd = () => done(new Error("the Redis connection ended before it was ready"));
    const timer = setTimeout(() => done(new Error(`Redis did not answer within ${timeoutMs} ms`)), timeoutMs);
    redis.once("ready", onReady).once("end", onEnd);
  });
}

/**
 * Refuses a server that the protocol cannot be kept on: older than Redis 7 (which replicated and persisted script loads,
 * so that a lease would outlive a restart), or one that may evict holds.
 */
export async function requireCapableServer(redis: Redis): Promise<void> {
  const info = await redis.info("server");
  const version = field(info, "valkey_version") ?? field(info, "redis_version") ?? "unknown";
  if (Number.parseInt(version, 10) < REDIS_MAJOR_MIN) {
    throw new Error(
      `Redis ${version} is too old: Flashgate needs Redis ${REDIS_MAJOR_MIN} or Valkey. Upgrade the server at REDIS_URL.`,
    );
  }
  const policy = field(await redis.info("memory"), "maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    throw new Error(`Redis has maxmemory-policy ${policy}, which may drop holds: set maxmemory-policy noeviction.`);
  }
}

/** Does its work on a connection of its own, which never reconnects: all of it meets one life of one server. */
export async function once<Value>(url: string, name: string, work: (redis: Redis) => Promise<Value>): Promise<Value> {
  const redis = connect(url, name, "once");
  try {
    await ready(redis);
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** One field of an INFO reply. */
export function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}

/** Resolves where a server can be used: one try, on a connection of its own. Rejects with what server or network said. */
export async function probe(url: string, timeoutMs = CONNECT_TIMEOUT_MS): Promise<void> {
  const redis = connect(url, "probe", "once");
  let said: Error | undefined;
  redis.on("error", (error: Error) => {
    said = error;
  });
  try {
    await ready(redis, timeoutMs);
  } catch (error) {
    throw said ?? error;
  } finally {
    redis.disconnect();
  }
}
