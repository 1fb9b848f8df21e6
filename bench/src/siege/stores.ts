import { type Ledger, type Sale, UNSEALED_STATES } from "@flashgate/core";
import { createLedger, createPool } from "@flashgate/drizzle";
import { BACKLOG_MAX, openGate, type RedisGate } from "@flashgate/redis";

const SALES_MAX = 1_000;

/** Where a store is reached now. */
interface Reachable {
  readonly url: string;
}

/** A Redis that counts, which may be another one later, and a Postgres. */
export interface StorePlaces {
  readonly active: Reachable;
  readonly postgres: Reachable;
}

/** A way of one's own to the stores of a deployment, past every proxy. */
export class Stores {
  readonly ledger: Ledger;
  readonly #places: StorePlaces;
  readonly #pool: ReturnType<typeof createPool>;
  readonly #gates = new Map<string, RedisGate>();

  constructor(places: StorePlaces) {
    this.#places = places;
    this.#pool = createPool({
      url: places.postgres.url,
      max: 3,
      applicationName: "flashgate-siege",
      statementTimeoutMs: 120_000,
      onError: () => undefined,
    });
    this.ledger = createLedger(this.#pool);
  }

  /** The gate in the Redis that counts now. Throws while it cannot be reached. */
  async gate(): Promise<Pick<RedisGate, "reader" | "opening" | "holds">> {
    return this.#gateIn(this.#places.active);
  }

  async unsealed(): Promise<Sale[]> {
    return this.ledger.list({ states: UNSEALED_STATES, limit: SALES_MAX });
  }

  async all(): Promise<Sale[]> {
    return this.ledger.list({ limit: SALES_MAX });
  }

  /** The checkouts that one Redis holds for these sales, whatever their mode. */
  async holds(server: Reachable, saleIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { reader } = await this.#gateIn(server);
    const facts = await Promise.all(saleIds.map((id) => reader.inspect(id)));
    return new Set(facts.flatMap((gate) => gate?.holds.map(({ checkoutId }) => checkoutId) ?? []));
  }

  /** Units in the gates of these sales that can be had, and that are held. */
  async units(saleIds: readonly string[]): Promise<{ readonly available: number; readonly held: number }> {
    const { reader } = await this.gate();
    const gates = await Promise.all(saleIds.map((id) => reader.totals(id)));
    const sum = (state: "available" | "held") => gates.reduce((units, gate) => units + (gate?.totals[state] ?? 0), 0);
    return { available: sum("available"), held: sum("held") };
  }

  async close(): Promise<void> {
    for (const gate of this.#gates.values()) gate.close();
    await this.#pool.end();
  }

  async #gateIn({ url }: Reachable): Promise<RedisGate> {
    const known = this.#gates.get(url);
    if (known) {
      await known.whenReady();
      return known;
    }
    const clock = { nowMs: () => Date.now() };
    const gate = await openGate({ url, name: "siege", clock, backlogMax: BACKLOG_MAX });
    this.#gates.set(url, gate);
    return gate;
  }
}
