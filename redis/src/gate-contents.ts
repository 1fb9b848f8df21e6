import type { GateFacts } from "@flashgate/core";
import type { Redis } from "ioredis";
import { decodeHolds, type OnUnreadable } from "./hold-codec.ts";
import { type GateKeys, gateKeys, metaKey } from "./keys.ts";
import { scanHash, scanSet } from "./scanning.ts";

/** All that an audit compares of one opening, as Redis has it. */
export interface GateContents {
  readonly meta: readonly (string | null)[];
  readonly totals: Hash;
  readonly stock: Fields;
  readonly pool: Iterable<string>;
  readonly holds: Fields;
  readonly buyers: Fields;
  readonly oneInstant: boolean;
}

type Hash = Readonly<Record<string, string>>;
type Fields = Iterable<readonly [string, string]>;

/** In one command: the server does nothing else until it has answered. */
export async function readWhole(redis: Redis, keys: GateKeys): Promise<GateContents> {
  const replies = await redis
    .multi()
    .hmget(keys.meta, "epoch", "open")
    .hgetall(keys.totals)
    .hgetall(keys.stock)
    .smembers(keys.pool)
    .hgetall(keys.holds)
    .hgetall(keys.buyers)
    .exec();
  const [meta, totals, stock, pool, holds, buyers] = valuesOf(replies) as [string[], Hash, Hash, string[], Hash, Hash];
  return {
    meta,
    totals,
    stock: Object.entries(stock),
    pool,
    holds: Object.entries(holds),
    buyers: Object.entries(buyers),
    oneInstant: true,
  };
}

/**
 * In pieces, between which the server serves shoppers. All of it was watched from before the first piece to after the
 * last: unless anything was changed meanwhile, together they are what it was at one instant. Needs a connection of its
 * own, which is that of the watch. Null where the sale has no gate.
 */
export async function readInPieces(redis: Redis, saleId: string): Promise<GateContents | null> {
  const meta = metaKey(saleId);
  await redis.watch(meta);
  const epoch = await redis.hget(meta, "epoch");
  if (epoch === null) return null;
  const keys = gateKeys(saleId, Number(epoch));
  await redis.watch(keys.totals, keys.stock, keys.pool, keys.holds, keys.buyers);
  const pieces = {
    stock: await scanHash(redis, keys.stock),
    pool: await scanSet(redis, keys.pool),
    holds: await scanHash(redis, keys.holds),
    buyers: await scanHash(redis, keys.buyers),
  };
  const rest = () => redis.multi().hmget(meta, "epoch", "open").hgetall(keys.totals).exec();
  const unchanged = await rest();
  const [metaNow, totals] = valuesOf(unchanged ?? (await rest())) as [string[], Hash];
  return { ...pieces, meta: metaNow, totals, oneInstant: unchanged !== null };
}

/** Null where the opening is gone. */
export function factsOf(saleId: string, contents: GateContents, onUnreadable: OnUnreadable): GateFacts | null {
  const { meta, totals, stock, pool, holds, buyers, oneInstant } = contents;
  if (!("available" in totals)) return null;
  return {
    epoch: Number(meta[0]),
    open: meta[1] === "1",
    oneInstant,
    totals: totalsOf(totals),
    stock: numbers(stock),
    pool: new Set(pool),
    holds: decodeHolds(saleId, [...holds].flat(), onUnreadable),
    buyers: new Map([...numbers(buyers)].filter(([, units]) => units !== 0)),
  };
}

export function totalsOf(hash: Hash): GateFacts["totals"] {
  return { available: Number(hash["available"]), held: Number(hash["held"]), sold: Number(hash["sold"]) };
}

export function numbers(fields: Fields): Map<string, number> {
  const found = new Map<string, number>();
  for (const [name, value] of fields) found.set(name, Number(value));
  return found;
}

function valuesOf(replies: readonly (readonly [Error | null, unknown])[] | null): unknown[] {
  return (replies ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}
