import type { GateSnapshot, Hold, ReserveReply, ReserveRequest, Survivors } from "@flashgate/core";
import type { Redis } from "ioredis";
import type { RedisGate } from "../src/gate.ts";

/** Units by item of a {@link Shop} that was not told otherwise. */
const STOCK: Readonly<Record<string, number>> = { a: 1, b: 1, c: 300 };

let serial = 0;

/** The server's own time, by which a gate admits. */
export async function serverNowMs(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}

/** One sale, its terms and its shoppers, at any number of gates. */
export class Shop {
  readonly saleId = `x-shop-${++serial}`;
  readonly #nowMs: number;
  readonly #stock: Readonly<Record<string, number>>;

  /** The sale opened a minute before `nowMs`, a server's. */
  constructor(nowMs: number, stock = STOCK) {
    this.#nowMs = nowMs;
    this.#stock = stock;
  }

  /** Recovers a gate: every survivor goes on as it was. */
  async recover(gate: RedisGate, epoch: number, openEpoch: number): Promise<readonly Hold[]> {
    const { holds, incarnation } = await this.shut(gate, epoch, openEpoch);
    const installed = await gate.opening.install(this.snapshot(epoch, holds), incarnation);
    if (installed !== "installed") throw new Error(`epoch ${epoch} was ${installed}`);
    return holds;
  }

  async shut(gate: RedisGate, epoch: number, openEpoch: number): Promise<Survivors> {
    const survivors = await gate.opening.shut(this.saleId, epoch, openEpoch);
    if (survivors === "superseded") throw new Error(`epoch ${epoch} is not the newest`);
    return survivors;
  }

  /** What a ledger that adopted these holds and judged none would say. */
  snapshot(epoch: number, holds: readonly Hold[]): GateSnapshot {
    const stock = new Map(Object.entries(this.#stock));
    const buyers = new Map<string, number>();
    const totals = { available: [...stock.values()].reduce((sum, units) => sum + units, 0), held: 0, sold: 0 };
    for (const { userId, lines } of holds) {
      for (const { itemId, quantity } of lines) {
        stock.set(itemId, (stock.get(itemId) ?? 0) - quantity);
        buyers.set(userId, (buyers.get(userId) ?? 0) + quantity);
        totals.available -= quantity;
        totals.held += quantity;
      }
    }
    return { sale: this.#sale(epoch), totals, stock: [...stock], buyers: [...buyers], holds, keys: [] };
  }

  /** One unit of `c` for a shopper of its own, unless told otherwise. */
  reserve(gate: RedisGate, over: Partial<ReserveRequest> = {}): Promise<ReserveReply> {
    const checkoutId = `c-${++serial}`;
    return gate.admission.reserve({
      saleId: this.saleId,
      checkoutId,
      userId: `user-of-${checkoutId}`,
      mode: "submitted",
      demand: { lines: [{ itemId: "c", quantity: 1 }], any: 0 },
      key: "",
      fingerprint: "",
      ...over,
    });
  }

  /** A reservation that must not be refused. */
  async hold(gate: RedisGate, over: Partial<ReserveRequest> = {}): Promise<Hold> {
    const reply = await this.reserve(gate, over);
    if (reply.kind !== "held") throw new Error(`expected a hold, got ${reply.kind}`);
    return reply.hold;
  }

  #sale(epoch: number): GateSnapshot["sale"] {
    return {
      id: this.saleId,
      epoch,
      opensAtMs: this.#nowMs - 60_000,
      closesAtMs: this.#nowMs + 600_000,
      settleUntilMs: this.#nowMs + 900_000,
      limitPerUser: 3,
      paused: false,
      pauseVersion: 0,
    };
  }
}

/** A clock whose every look is long after the last one, so that nothing found shut is remembered as shut. */
export function impatientClock(): { nowMs(): number } {
  let lookedAtMs = 0;
  return {
    nowMs: () => {
      lookedAtMs += 1_000;
      return lookedAtMs;
    },
  };
}
