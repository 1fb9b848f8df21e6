import type { GateFacts, GateReader, GateTotals } from "@flashgate/core";
import type { Redis } from "ioredis";
import { once } from "./connection.ts";
import { factsOf, numbers, readInPieces, readWhole, totalsOf } from "./gate-contents.ts";
import type { OnUnreadable } from "./hold-codec.ts";
import { type GateKeys, gateKeys, metaKey } from "./keys.ts";
import { scanHash } from "./scanning.ts";

/** Entries that are read in one command: some milliseconds of the server's time, and all of an hourly sale. More are read in pieces. */
export const WHOLE_ENTRIES_MAX = 40_000;

export interface GateReaderParts {
  readonly url: string;
  readonly redis: Redis;
  readonly onUnreadable: OnUnreadable;
  readonly wholeEntriesMax: number;
}

/** Reads of a gate as a whole. */
export class RedisGateReader implements GateReader {
  readonly #parts: GateReaderParts;

  constructor(parts: GateReaderParts) {
    this.#parts = parts;
  }

  async totals(saleId: string): Promise<{ epoch: number; totals: GateTotals } | null> {
    const epoch = await this.#epoch(saleId);
    if (epoch === null) return null;
    const totals = await this.#parts.redis.hgetall(gateKeys(saleId, epoch).totals);
    return "available" in totals ? { epoch, totals: totalsOf(totals) } : null;
  }

  async stock(saleId: string): Promise<ReadonlyMap<string, number> | null> {
    const epoch = await this.#epoch(saleId);
    if (epoch === null) return null;
    const stock = numbers(await scanHash(this.#parts.redis, gateKeys(saleId, epoch).stock));
    return stock.size > 0 ? stock : null;
  }

  /** An opening that is gone by the time it was read may have given way to the next. */
  async inspect(saleId: string): Promise<GateFacts | null> {
    return (await this.#look(saleId)) ?? this.#look(saleId);
  }

  async #look(saleId: string): Promise<GateFacts | null> {
    const { url, redis, onUnreadable, wholeEntriesMax } = this.#parts;
    const epoch = await this.#epoch(saleId);
    if (epoch === null) return null;
    const keys = gateKeys(saleId, epoch);
    const contents =
      (await this.#entries(keys)) > wholeEntriesMax
        ? await once(url, "reader", (own) => readInPieces(own, saleId))
        : await readWhole(redis, keys);
    return contents && factsOf(saleId, contents, onUnreadable);
  }

  /** At most so many: the pool has no more than there are items. */
  async #entries({ stock, holds, buyers }: GateKeys): Promise<number> {
    const { redis } = this.#parts;
    const [items, held, bought] = await Promise.all([redis.hlen(stock), redis.hlen(holds), redis.hlen(buyers)]);
    return 2 * items + held + bought;
  }

  async #epoch(saleId: string): Promise<number | null> {
    const epoch = await this.#parts.redis.hget(metaKey(saleId), "epoch");
    return epoch === null ? null : Number(epoch);
  }
}
