import type { GateSnapshot, Hold } from "@flashgate/core";
import type { Redis } from "ioredis";
import { encodeHold } from "./hold-codec.ts";
import { gateKeys, stagedKey } from "./keys.ts";

/** A key as it was put together, and where it belongs. An empty one has nothing to rename. */
export interface StagedKey {
  readonly from: string;
  readonly to: string;
  readonly filled: boolean;
}

/** Fields written per command, and commands per round trip. */
const FIELDS_MAX = 1_000;
/** An abandoned staging ages out. */
const STAGED_MS = 3_600_000;

/** Writes a snapshot under temporary names: nothing of it can be seen until it is renamed into place. */
export async function stage(redis: Redis, snapshot: GateSnapshot): Promise<StagedKey[]> {
  const keys = gateKeys(snapshot.sale.id, snapshot.sale.epoch);
  const { totals, stock, buyers, holds } = snapshot;
  const pool = stock.flatMap(([itemId, units]) => (units > 0 ? [[itemId]] : []));
  const entries = snapshot.keys.map((entry) => [
    `${entry.userId}|${entry.key}`,
    `${entry.fingerprint}|${entry.checkoutId}`,
  ]);
  const put = async (to: string, members: readonly (readonly (string | number)[])[], write: Write) => {
    const from = stagedKey(to);
    await redis.unlink(from);
    for (let at = 0; at < members.length; at += FIELDS_MAX) {
      await write(from, members.slice(at, at + FIELDS_MAX).flat());
    }
    if (members.length > 0) await redis.pexpire(from, STAGED_MS);
    return { from, to, filled: members.length > 0 };
  };
  const hash: Write = (key, flat) => redis.hset(key, ...flat);
  const set: Write = (key, flat) => redis.sadd(key, ...flat);
  const sorted: Write = (key, flat) => redis.zadd(key, ...flat);
  return [
    await put(keys.totals, Object.entries(totals), hash),
    await put(keys.stock, stock, hash),
    await put(keys.pool, pool, set),
    await put(keys.buyers, buyers, hash),
    await put(keys.holds, holds.map(heldEntry), hash),
    await put(keys.due, holds.map(dueEntry), sorted),
    await put(keys.keys, entries, hash),
  ];
}

type Write = (key: string, flat: (string | number)[]) => Promise<unknown>;

function heldEntry(hold: Hold): [string, string] {
  return [hold.checkoutId, encodeHold(hold)];
}

/** Carts are due at their deadline; submitted holds at once, since the pages of the old epoch are void. */
function dueEntry(hold: Hold): [number, string] {
  return [hold.mode === "submitted" ? hold.sinceMs : hold.deadlineMs, hold.checkoutId];
}
