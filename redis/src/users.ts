import { createHash } from "node:crypto";
import { EVENTS_CHANNEL, GATE_KEYS, QUEUE_KEYS } from "./keys.ts";

/**
 * Who works on Redis. `gate`: api and worker, who can run what a recovery has loaded and read gates. `opener`: the
 * scheduler, who alone may load scripts, which is to grant leases. `queue`: BullMQ, of all of them, on its own keys.
 */
export type RedisUser = "gate" | "opener" | "queue";

const NAMES: Readonly<Record<RedisUser, string>> = {
  gate: "flashgate_gate",
  opener: "flashgate_opener",
  queue: "flashgate_queue",
};

/** Of every connection: who is there, and is the server the one it should be. INFO counts as dangerous. */
const GREETING = "+client -@admin -@dangerous +ping +info +hello +auth +select +quit";
/** Redis asks the user who runs a script for the rights of each command in it. */
const SCRIPTED =
  "+hset +hincrby +hdel +hlen +sadd +srem +srandmember +zadd +zrem +zrangebyscore +pexpire +publish +time";
const READS =
  "+hget +hmget +hgetall +hscan +smembers +sscan +zrange +watch +multi +exec +discard +subscribe +unsubscribe";
const OPENING = "+script|load +script|exists +del +unlink +rename +persist";

const RIGHTS: Readonly<Record<RedisUser, string>> = {
  gate: `~${GATE_KEYS} &${EVENTS_CHANNEL} ${GREETING} +evalsha ${SCRIPTED} ${READS}`,
  opener: `~${GATE_KEYS} &${EVENTS_CHANNEL} ${GREETING} +evalsha ${SCRIPTED} ${READS} ${OPENING}`,
  // BullMQ sends its scripts' texts itself (EVAL), whenever a server does not know them
  queue: `~${QUEUE_KEYS} +@all -@scripting +eval +evalsha ${GREETING}`,
};

/** No log of slow commands, whose arguments are shoppers'; its length will do. */
const MONITORING = `${GREETING} +latency|latest +latency|histogram +slowlog|len`;

/** The three users as lines of redis.conf or of an ACL file, or as arguments of ACL SETUSER; no password in the clear. */
export function redisUsers(passwords: Readonly<Record<RedisUser, string>>): string[] {
  return (Object.keys(NAMES) as RedisUser[]).map((user) => line(NAMES[user], passwords[user], RIGHTS[user]));
}

/** Likewise a user for probes and exporters: what the server says of itself, and no key. */
export function monitorUser(password: string): string {
  return line("flashgate_monitor", password, MONITORING);
}

function line(name: string, password: string, rights: string): string {
  const hash = createHash("sha256").update(password).digest("hex");
  return `user ${name} reset on #${hash} resetchannels ${rights}`;
}

/** The server's URL for one of them. */
export function urlFor(redisUrl: string, user: RedisUser, password: string): string {
  const url = new URL(redisUrl);
  url.username = NAMES[user];
  url.password = password;
  return url.href;
}
