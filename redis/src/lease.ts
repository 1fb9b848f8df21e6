import type { Clock } from "@flashgate/core";
import type { Redis } from "ioredis";
import { field } from "./connection.ts";
import { type GateKeys, gateKeys, metaKey } from "./keys.ts";
import { leasedScripts } from "./scripts.ts";

/** The right to run one opening's scripts on this connection. */
export interface Lease {
  readonly epoch: number;
  readonly keys: GateKeys;
  readonly scripts: ReturnType<typeof leasedScripts>;
}

/** How long a gate found shut is taken to be shut without asking again. */
const SHUT_MS = 100;

/**
 * The leases a connection holds, by sale.
 *
 * ```
 *   (none) ── meta open, same replication id ──▶ held ── NOSCRIPT, stale epoch, READONLY, reconnection ──▶ (none)
 *      └───── shut, or another replication id ──▶ shut for SHUT_MS ──▶ (none)
 * ```
 * The replication id changes with every promotion: a primary that was replaced and came back still has its scripts, but
 * not the id that the recovery wrote down, and counts as shut.
 */
export class Leases {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #held = new Map<string, Lease>();
  readonly #shutUntilMs = new Map<string, number>();
  readonly #loading = new Map<string, Promise<Lease | null>>();
  /** Counts connections: what was read on an earlier one is not held on this one. */
  #connection = 0;

  constructor(redis: Redis, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
    redis.on("close", () => this.forgetAll());
    redis.on("ready", () => this.forgetAll());
  }

  /** The lease on a sale's current opening; null while its gate is shut. Throws when Redis cannot be asked. */
  async of(saleId: string): Promise<Lease | null> {
    const held = this.#held.get(saleId);
    if (held) return held;
    if ((this.#shutUntilMs.get(saleId) ?? 0) > this.#clock.nowMs()) return null;
    const loading = this.#loading.get(saleId) ?? this.#load(saleId);
    this.#loading.set(saleId, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(saleId);
    }
  }

  /** The lease on that very opening; null where it is not the current one, or shut. Throws when Redis cannot be asked. */
  async ofEpoch(saleId: string, epoch: number): Promise<Lease | null> {
    // One of an older opening only says that this connection has not asked since.
    if ((this.#held.get(saleId)?.epoch ?? epoch) < epoch) this.forget(saleId);
    const lease = await this.of(saleId);
    return lease?.epoch === epoch ? lease : null;
  }

  /** To be called when the server did not honour a lease. */
  forget(saleId: string): void {
    this.#held.delete(saleId);
  }

  forgetAll(): void {
    this.#connection += 1;
    this.#held.clear();
    this.#shutUntilMs.clear();
  }

  async #load(saleId: string): Promise<Lease | null> {
    const connection = this.#connection;
    const [meta, replication] = await Promise.all([
      this.#redis.hmget(metaKey(saleId), "epoch", "open", "replid"),
      this.#redis.info("replication"),
    ]);
    if (connection !== this.#connection) return null;
    const [epoch, open, replid] = meta;
    if (!epoch || open !== "1" || replid !== field(replication, "master_replid")) {
      this.#shutUntilMs.set(saleId, this.#clock.nowMs() + SHUT_MS);
      return null;
    }
    const lease = {
      epoch: Number(epoch),
      keys: gateKeys(saleId, Number(epoch)),
      scripts: leasedScripts(saleId, Number(epoch)),
    };
    this.#held.set(saleId, lease);
    return lease;
  }
}
