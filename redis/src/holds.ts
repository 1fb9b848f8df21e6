import type { Hold, Holds, Judged } from "@flashgate/core";
import type { Redis } from "ioredis";
import { isNoScript } from "./faults.ts";
import { decodeHold, decodeHolds } from "./hold-codec.ts";
import { EVENTS_CHANNEL, gateKeys } from "./keys.ts";
import { CONSTANT, evaluate, leasedScripts } from "./scripts.ts";

/** Bounds of the sweep's backoff: how long a claimed hold is left alone. */
const BACKOFF_MS_MIN = 2_000;
const BACKOFF_MS_MAX = 60_000;
/** Verdicts one script call applies: keeps the server's longest pause short. */
const FINALISE_MAX = 500;

/** The holds of an opening, for those who judge and sweep them. */
export class RedisHolds implements Holds {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async read(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<Hold[]> {
    if (checkoutIds.length === 0) return [];
    const texts = await this.#redis.hmget(gateKeys(saleId, epoch).holds, ...checkoutIds);
    return checkoutIds.flatMap((id, at) => {
      const text = texts[at];
      return text ? [decodeHold(id, text)] : [];
    });
  }

  async claimDue(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    const { holds, due } = gateKeys(saleId, epoch);
    try {
      const words = await evaluate(
        this.#redis,
        CONSTANT.claimDue,
        [holds, due],
        [limit, BACKOFF_MS_MIN, BACKOFF_MS_MAX],
      );
      return decodeHolds(words.slice(1));
    } catch (error) {
      if (isNoScript(error)) return [];
      throw error;
    }
  }

  async some(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    const ids = await this.#redis.zrange(gateKeys(saleId, epoch).due, 0, String(limit - 1));
    return this.read(saleId, epoch, ids);
  }

  async lapse(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<string[] | "gate_shut"> {
    const { meta, holds } = gateKeys(saleId, epoch);
    try {
      const [word, ...ids] = await evaluate(
        this.#redis,
        leasedScripts(saleId, epoch).lapse,
        [meta, holds],
        checkoutIds,
      );
      return word === "lapsed" ? ids : "gate_shut";
    } catch (error) {
      if (isNoScript(error)) return "gate_shut";
      throw error;
    }
  }

  async finalise(saleId: string, epoch: number, judged: readonly Judged[]): Promise<"done" | "gate_shut"> {
    const { totals, stock, pool, holds, due, buyers } = gateKeys(saleId, epoch);
    try {
      for (let from = 0; from < judged.length; from += FINALISE_MAX) {
        const verdicts = judged.slice(from, from + FINALISE_MAX).flatMap(verdictArgs);
        const args = [EVENTS_CHANNEL, saleId, epoch, ...verdicts];
        await evaluate(this.#redis, CONSTANT.finalise, [totals, stock, pool, holds, due, buyers], args);
      }
      return "done";
    } catch (error) {
      if (isNoScript(error)) return "gate_shut";
      throw error;
    }
  }
}

function verdictArgs({ checkoutId, verdict, decidedAtMs }: Judged): (string | number)[] {
  return [checkoutId, verdict.state, verdict.state === "rejected" ? verdict.reason : "", decidedAtMs];
}
