import type { Hold, Holds, Judged } from "@flashgate/core";
import type { Redis } from "ioredis";
import { faultOf, isNoScript } from "./faults.ts";
import { decodeHolds, type OnUnreadable } from "./hold-codec.ts";
import { EVENTS_CHANNEL, gateKeys } from "./keys.ts";
import type { Leases } from "./lease.ts";
import { CONSTANT, evaluate } from "./scripts.ts";

/** Bounds of the sweep's backoff: how long a claimed hold is left alone. */
const BACKOFF_MS_MIN = 2_000;
const BACKOFF_MS_MAX = 60_000;
/** Verdicts that one script call applies, and holds that one claims: keeps the server's longest pause short. */
const FINALISE_MAX = 500;
const CLAIM_MAX = 500;

/** The holds of an opening, for those who judge and sweep them. */
export class RedisHolds implements Holds {
  readonly #redis: Redis;
  readonly #leases: Leases;
  readonly #onUnreadable: OnUnreadable;

  constructor(redis: Redis, leases: Leases, onUnreadable: OnUnreadable) {
    this.#redis = redis;
    this.#leases = leases;
    this.#onUnreadable = onUnreadable;
  }

  async read(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<Hold[]> {
    if (checkoutIds.length === 0) return [];
    const texts = await this.#redis.hmget(gateKeys(saleId, epoch).holds, ...checkoutIds);
    const there = checkoutIds.flatMap((id, at) => {
      const text = texts[at];
      return typeof text === "string" ? [id, text] : [];
    });
    return decodeHolds(saleId, there, this.#onUnreadable);
  }

  async claimDue(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    const { holds, due } = gateKeys(saleId, epoch);
    const claimed: string[] = [];
    try {
      for (let rest = limit; rest > 0; rest -= CLAIM_MAX) {
        const most = Math.min(rest, CLAIM_MAX);
        const args = [most, BACKOFF_MS_MIN, BACKOFF_MS_MAX];
        const [, ...found] = await evaluate(this.#redis, CONSTANT.claimDue, [holds, due], args);
        claimed.push(...found);
        if (found.length < 2 * most) break;
      }
    } catch (error) {
      if (!isNoScript(error)) throw error;
    }
    return decodeHolds(saleId, claimed, this.#onUnreadable);
  }

  async some(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    const ids = await this.#redis.zrange(gateKeys(saleId, epoch).due, 0, String(limit - 1));
    return this.read(saleId, epoch, ids);
  }

  async lapse(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<string[] | "gate_shut"> {
    const lease = await this.#leases.ofEpoch(saleId, epoch);
    if (!lease) return "gate_shut";
    try {
      const { meta, holds } = lease.keys;
      const [word, ...ids] = await evaluate(this.#redis, lease.scripts.lapse, [meta, holds], checkoutIds);
      if (word === "lapsed") return ids;
    } catch (error) {
      if (faultOf(error) !== "refused") throw error;
    }
    this.#leases.forget(saleId);
    return "gate_shut";
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
