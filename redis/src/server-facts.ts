import type { Clock } from "@flashgate/core";
import type { Redis } from "ioredis";
import { connect, field, ready } from "./connection.ts";
import { isNoScript } from "./faults.ts";
import { metaKey, QUEUE_NAME, QUEUE_PREFIX } from "./keys.ts";

/** What a Redis tells of itself to somebody who asks whether gates can be kept in it. */
export interface RedisFacts {
  readonly version: string;
  readonly policy: string;
  readonly isReplica: boolean;
  /** 0 for no bound. */
  readonly memoryBytesMax: number;
  readonly memoryBytes: number;
  readonly aof: {
    readonly enabled: boolean;
    /** Null where this user may not ask. */
    readonly fsync: string | null;
    /** What of the log failed last: words of INFO, empty where nothing did. */
    readonly failed: readonly string[];
  };
  /** How far the server's clock is ahead of ours, give or take half the round trip. */
  readonly aheadMs: number;
  readonly roundTripMs: number;
}

/** What the user of a URL may do. */
export interface UserRights {
  readonly readsGates: boolean;
  readonly runsScripts: boolean;
  /** Who can load scripts can open gates. */
  readonly loadsScripts: boolean;
  readonly usesQueue: boolean;
  readonly administers: boolean;
}

const READY_MS_MAX = 3_000;
/** Of no sale and no script. */
const NO_SALE = "doctor";
const NO_SCRIPT = "0".repeat(40);

/** Asks a Redis about itself, and changes nothing. Rejects when it cannot be asked. */
export function readRedisFacts(url: string, clock: Clock): Promise<RedisFacts> {
  return asking(url, async (redis) => {
    const info = await redis.info();
    const number = (name: string) => Number(field(info, name) ?? 0);
    return {
      version: field(info, "valkey_version") ?? field(info, "redis_version") ?? "unknown",
      policy: field(info, "maxmemory_policy") ?? "unknown",
      isReplica: field(info, "role") === "slave",
      memoryBytesMax: number("maxmemory"),
      memoryBytes: number("used_memory"),
      aof: {
        enabled: field(info, "aof_enabled") === "1",
        fsync: await settingOf(redis, "appendfsync"),
        failed: ["aof_last_write_status", "aof_last_bgrewrite_status"].filter((name) => field(info, name) === "err"),
      },
      ...(await clockFacts(redis, clock)),
    };
  });
}

/** Finds out what the user of a URL may do, by asking for what changes nothing. Rejects when it cannot be asked. */
export function readUserRights(url: string): Promise<UserRights> {
  return asking(url, async (redis) => {
    const meta = metaKey(NO_SALE);
    const [readsGates, runsScripts, loadsScripts, usesQueue, administers] = await Promise.all([
      may(redis.hget(meta, "epoch")),
      may(redis.evalsha(NO_SCRIPT, 1, meta)),
      may(redis.script("EXISTS", NO_SCRIPT)),
      may(redis.exists(`${QUEUE_PREFIX}:${QUEUE_NAME}:meta`)),
      may(redis.config("GET", "maxmemory")),
    ]);
    return { readsGates, runsScripts, loadsScripts, usesQueue, administers };
  });
}

async function asking<Answer>(url: string, ask: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = connect(url, "doctor", "once");
  let reason: Error | undefined;
  redis.on("error", (error) => {
    reason = error;
  });
  try {
    await ready(redis, READY_MS_MAX);
    return await ask(redis);
  } catch (error) {
    // What broke the connection says more than that it is broken.
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}

async function clockFacts(redis: Redis, clock: Clock) {
  const sentMs = clock.nowMs();
  const [seconds, microseconds] = await redis.time();
  const roundTripMs = clock.nowMs() - sentMs;
  const nowMs = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  return { roundTripMs, aheadMs: Math.round(nowMs - sentMs - roundTripMs / 2) };
}

async function settingOf(redis: Redis, name: string): Promise<string | null> {
  const reply = await redis.config("GET", name).catch((error: unknown) => {
    if (isForbidden(error)) return [];
    throw error;
  });
  return (reply as string[])[1] ?? null;
}

/** A script that is not there was allowed to run. */
async function may(command: Promise<unknown>): Promise<boolean> {
  try {
    await command;
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    if (isNoScript(error)) return true;
    throw error;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOPERM");
}
