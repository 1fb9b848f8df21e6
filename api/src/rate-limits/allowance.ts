import type { Response } from "express";
import { addField } from "../answer-fields.ts";
import type { Problem } from "../problems.ts";
import type { Rate } from "./rate.ts";
import { TokenBuckets } from "./token-buckets.ts";

/** How many requests of one kind of asker are taken; null where it is not limited. */
export interface Allowances {
  readonly user: Allowance | null;
  readonly address: Allowance | null;
}

/** What each user, or each address, may ask, and the fields that tell them (draft-ietf-httpapi-ratelimit-headers). */
export class Allowance {
  readonly #name: keyof Allowances;
  readonly #buckets: TokenBuckets;
  readonly #policy: string;

  constructor(name: keyof Allowances, rate: Rate) {
    this.#name = name;
    this.#buckets = new TokenBuckets(rate);
    this.#policy = `"${name}";q=${rate.requests};w=${rate.windowS}`;
  }

  /** Takes one request of `key`'s and says on the response what is left; a problem where nothing was. */
  spend(key: string, nowMs: number, response: Response): Problem | undefined {
    const { taken, left, resetMs } = this.#buckets.take(key, nowMs);
    const resetS = Math.ceil(resetMs / 1_000);
    addField(response, "ratelimit-policy", this.#policy);
    addField(response, "ratelimit", `"${this.#name}";r=${left};t=${resetS}`);
    return taken ? undefined : { kind: "rate_limited", policy: this.#name, waitS: resetS };
  }
}
