import type { GateTotals, Judged, RejectReason, SaleEvent, SaleFeed, Verdict, VerdictState } from "@flashgate/core";
import type { Redis } from "ioredis";
import { EVENTS_CHANNEL } from "./keys.ts";

/** Events of all sales, over one subscribed connection. */
export class RedisSaleFeed implements SaleFeed {
  readonly #redis: Redis;

  /** `redis` is taken over: a subscribed connection serves nothing else, and ends with its owner. */
  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async subscribe(listener: (event: SaleEvent) => void, onGap: () => void): Promise<() => void> {
    const onMessage = (_channel: string, text: string) => {
      const event = decodeEvent(text);
      if (event) listener(event);
    };
    this.#redis.on("message", onMessage);
    this.#redis.on("ready", onGap);
    await this.#redis.subscribe(EVENTS_CHANNEL);
    return () => {
      this.#redis.off("message", onMessage);
      this.#redis.off("ready", onGap);
    };
  }
}

interface WireEvent {
  readonly kind: string;
  readonly sale: string;
  readonly epoch: string;
  readonly judged?:
    | readonly (readonly [checkoutId: string, state: string, reason: string, decidedMs: string])[]
    | object;
  readonly totals?: readonly [number, number, number];
  readonly sold?: Record<string, number> | readonly [];
  readonly stock?: Record<string, number> | readonly [];
}

/** Null for what this version does not know: a newer process may publish more, and anybody may publish anything. */
function decodeEvent(text: string): SaleEvent | null {
  try {
    return eventOf(JSON.parse(text) as WireEvent);
  } catch {
    return null;
  }
}

function eventOf(wire: WireEvent): SaleEvent | null {
  const [saleId, epoch] = [wire.sale, Number(wire.epoch)];
  if (wire.kind === "opened") return { kind: "opened", saleId, epoch };
  if (wire.kind !== "settled") return null;
  return {
    kind: "settled",
    saleId,
    epoch,
    judged: Array.isArray(wire.judged) ? wire.judged.map(judgedOf) : [],
    totals: wire.totals ? totalsOf(wire.totals) : null,
    soldUnits: new Map(Object.entries(wire.sold ?? {})),
    stock: new Map(Object.entries(wire.stock ?? {})),
  };
}

function totalsOf([available, held, sold]: readonly [number, number, number]): GateTotals {
  return { available, held, sold };
}

function judgedOf([checkoutId, state, reason, decidedMs]: readonly [string, string, string, string]): Judged {
  return {
    checkoutId,
    verdict: verdictOf(state as VerdictState, reason as RejectReason),
    decidedAtMs: Number(decidedMs),
  };
}

/** One for all: nearly every verdict is this one. */
const CONFIRMED: Verdict = { state: "confirmed" };

function verdictOf(state: VerdictState, reason: RejectReason): Verdict {
  if (state === "confirmed") return CONFIRMED;
  return state === "rejected" ? { state, reason } : { state };
}
