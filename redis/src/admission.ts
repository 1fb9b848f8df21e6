import {
  type Admission,
  CART_MS,
  type CartReply,
  type CartStep,
  type Demand,
  demandUnits,
  type GateTotals,
  type PurchaseReply,
  type Refusal,
  type ReserveReply,
  type ReserveRequest,
} from "@flashgate/core";
import type { Redis } from "ioredis";
import { faultOf } from "./faults.ts";
import { decodeHold, decodeHolds, type OnUnreadable } from "./hold-codec.ts";
import type { Lease, Leases } from "./lease.ts";
import { type Judged, ReserveBatches } from "./reserve-batches.ts";
import { evaluate } from "./scripts.ts";

/** How long a submitted hold is left to its page before the sweep looks after it. */
export const PAGE_GRACE_MS = 2_000;

type Words = readonly string[];

/** What a leased script replied under an epoch. */
type Replied<Reply> = { readonly kind: "replied"; readonly epoch: number; readonly reply: Reply };
type Answer = { readonly kind: "answer"; readonly epoch: number; readonly words: Words };

/** The shopper's side of the gate: one leased script, whose reserving calls judge all that came together. */
export class RedisAdmission implements Admission {
  readonly #redis: Redis;
  readonly #leases: Leases;
  readonly #onUnreadable: OnUnreadable;
  readonly #batches = new ReserveBatches<Answer>((saleId, batch) => this.#judge(saleId, batch));

  constructor(redis: Redis, leases: Leases, onUnreadable: OnUnreadable) {
    this.#redis = redis;
    this.#leases = leases;
    this.#onUnreadable = onUnreadable;
  }

  async reserve(request: ReserveRequest): Promise<ReserveReply> {
    const { saleId, checkoutId, userId, mode, demand, key, fingerprint } = request;
    const args = [mode, checkoutId, userId, key, fingerprint, ...demandArgs(demand)];
    const answer = await this.#batches.ask(saleId, args, demandUnits(demand));
    if (answer.kind !== "answer") return answer;
    const [word, first = "", second = ""] = answer.words;
    const { epoch } = answer;
    if (word === "held")
      return { kind: word, epoch, hold: decodeHold(checkoutId, first), totals: totalsOf(answer.words) };
    if (word === "replayed") {
      const [hold = null] = second ? decodeHolds(saleId, [first, second], this.#onUnreadable) : [];
      return { kind: word, epoch, checkoutId: first, hold };
    }
    return refusalOf(answer.words);
  }

  async addLines(request: CartStep & { readonly demand: Demand }): Promise<CartReply> {
    const { saleId, checkoutId, userId, demand } = request;
    const args = ["add", checkoutId, userId, "", "", ...demandArgs(demand)];
    const answer = await this.#batches.ask(saleId, args, demandUnits(demand));
    if (answer.kind !== "answer") return answer;
    const [word, hold = ""] = answer.words;
    if (word === "held") {
      return { kind: word, epoch: answer.epoch, hold: decodeHold(checkoutId, hold), totals: totalsOf(answer.words) };
    }
    if (word === "not_found" || word === "not_a_cart" || word === "expired") return { kind: word };
    return refusalOf(answer.words);
  }

  async purchase({ saleId, checkoutId, userId }: CartStep): Promise<PurchaseReply> {
    const answer = await this.#run<Words>(saleId, "purchase", [checkoutId, userId, String(PAGE_GRACE_MS)]);
    if (answer.kind !== "replied") return answer;
    const [word, hold = "", again] = answer.reply;
    if (word === "submitted") {
      return { kind: word, epoch: answer.epoch, hold: decodeHold(checkoutId, hold), again: again === "again" };
    }
    if (word === "not_found" || word === "expired") return { kind: word };
    return refusalOf(answer.reply);
  }

  async #judge(saleId: string, batch: readonly Words[]): Promise<Judged<Answer> | Refusal> {
    const args = [String(CART_MS), String(PAGE_GRACE_MS), ...batch.flat()];
    const answer = await this.#run<readonly [string, ...Words[]]>(saleId, "reserve", args);
    if (answer.kind !== "replied") return answer;
    const { epoch, reply } = answer;
    const [, ...answers] = reply;
    return { kind: "judged", answers: answers.map((words) => ({ kind: "answer", epoch, words })) };
  }

  /** Runs a leased script; a stale lease is renewed once, since a recovery may just have opened the gate. */
  async #run<Reply extends readonly unknown[]>(
    saleId: string,
    name: "reserve" | "purchase",
    args: readonly string[],
  ): Promise<Replied<Reply> | Refusal> {
    const answer = await this.#try<Reply>(saleId, name, args);
    return answer.kind === "gate_shut" ? this.#try(saleId, name, args) : answer;
  }

  async #try<Reply extends readonly unknown[]>(
    saleId: string,
    name: "reserve" | "purchase",
    args: readonly string[],
  ): Promise<Replied<Reply> | Refusal> {
    const lease = await this.#leases.of(saleId).catch(() => null);
    if (!lease) return { kind: "gate_shut" };
    try {
      const reply = await evaluate<Reply>(this.#redis, lease.scripts[name], keysFor(name, lease), args);
      if (reply[0] !== "gate_shut") return { kind: "replied", epoch: lease.epoch, reply };
    } catch (error) {
      if (faultOf(error) === "unknown") return { kind: "outcome_unknown", epoch: lease.epoch };
    }
    this.#leases.forget(saleId);
    return { kind: "gate_shut" };
  }
}

function keysFor(name: "reserve" | "purchase", { keys }: Lease): string[] {
  if (name === "purchase") return [keys.meta, keys.holds, keys.due];
  return [keys.meta, keys.totals, keys.stock, keys.pool, keys.holds, keys.due, keys.buyers, keys.keys];
}

function demandArgs({ lines, any }: Demand): string[] {
  const args = [String(any), String(lines.length)];
  for (const { itemId, quantity } of lines) args.push(itemId, String(quantity));
  return args;
}

function totalsOf(words: Words): GateTotals {
  return { available: Number(words[2]), held: Number(words[3]), sold: Number(words[4]) };
}

function refusalOf([word, detail = ""]: Words): Refusal {
  switch (word) {
    case "key_reused":
    case "sale_paused":
    case "sale_not_open":
    case "sale_closed":
    case "backlog_full":
    case "sold_out":
      return { kind: word };
    case "unknown_item":
    case "item_taken":
      return { kind: word, itemId: detail };
    case "user_limit":
      return { kind: word, unitsLeft: Number(detail) };
    default:
      throw new Error(`the gate answered "${word}", which is not a word of its scripts`);
  }
}
