import type { GateFacts, GateReader, GateTotals } from "@flashgate/core";
import type { Redis } from "ioredis";
import { decodeHolds, type OnUnreadable } from "./hold-codec.ts";
import { gateKeys, metaKey } from "./keys.ts";

/** Reads of a gate as a whole. */
export class RedisGateReader implements GateReader {
  readonly #redis: Redis;
  readonly #onUnreadable: OnUnreadable;

  constructor(redis: Redis, onUnreadable: OnUnreadable) {
    this.#redis = redis;
    this.#onUnreadable = onUnreadable;
  }

  async totals(saleId: string): Promise<{ epoch: number; totals: GateTotals } | null> {
    const epoch = await this.#epoch(saleId);
    if (epoch === null) return null;
    const totals = await this.#redis.hgetall(gateKeys(saleId, epoch).totals);
    return "available" in totals ? { epoch, totals: totalsOf(totals) } : null;
  }

  async stock(saleId: string): Promise<ReadonlyMap<string, number> | null> {
    const epoch = await this.#epoch(saleId);
    if (epoch === null) return null;
    const stock = numbers(await this.#redis.hgetall(gateKeys(saleId, epoch).stock));
    return stock.size > 0 ? stock : null;
  }

  /** MULTI makes it one instant; an epoch that changed before it is looked up again by the next call. */
  async inspect(saleId: string): Promise<GateFacts | null> {
    const epoch = await this.#epoch(saleId);
    if (epoch === null) return null;
    const keys = gateKeys(saleId, epoch);
    const replies = await this.#redis
      .multi()
      .hmget(metaKey(saleId), "epoch", "open")
      .hgetall(keys.totals)
      .hgetall(keys.stock)
      .smembers(keys.pool)
      .hgetall(keys.holds)
      .hgetall(keys.buyers)
      .exec();
    const [meta, totals, stock, pool, holds, buyers] = (replies ?? []).map(([error, value]) => {
      if (error) throw error;
      return value;
    }) as [string[], Hash, Hash, string[], Hash, Hash];
    if (!("available" in totals)) return null;
    return {
      epoch: Number(meta[0]),
      open: meta[1] === "1",
      totals: totalsOf(totals),
      stock: numbers(stock),
      pool: new Set(pool),
      holds: decodeHolds(saleId, Object.entries(holds).flat(), this.#onUnreadable),
      buyers: new Map([...numbers(buyers)].filter(([, units]) => units !== 0)),
    };
  }

  async #epoch(saleId: string): Promise<number | null> {
    const epoch = await this.#redis.hget(metaKey(saleId), "epoch");
    return epoch === null ? null : Number(epoch);
  }
}

type Hash = Record<string, string>;

function numbers(hash: Hash): Map<string, number> {
  return new Map(Object.entries(hash).map(([name, value]) => [name, Number(value)]));
}

function totalsOf(hash: Hash): GateTotals {
  return { available: Number(hash["available"]), held: Number(hash["held"]), sold: Number(hash["sold"]) };
}
