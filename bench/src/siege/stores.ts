import { type GateReader, type Ledger, type Opening, type Sale, UNSEALED_STATES } from "@flashgate/core";
import { createLedger, createPool } from "@flashgate/drizzle";
import { BACKLOG_MAX, openGate, type RedisGate } from "@flashgate/redis";
import type { Fleet } from "../fleet/fleet.ts";
import type { RedisServer } from "../fleet/redis-server.ts";

const SALES_MAX = 1_000;

/** The siege's own way to the stores, past every proxy. */
export class Stores {
  readonly ledger: Ledger;
  readonly #fleet: Fleet;
  readonly #pool: ReturnType<typeof createPool>;
  readonly #gates = new Map<string, RedisGate>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.#pool = createPool({
      url: fleet.postgres.url,
      max: 3,
      applicationName: "flashgate-siege",
      statementTimeoutMs: 120_000,
      onError: () => undefined,
    });
    this.ledger = createLedger(this.#pool);
  }

  /** The gate in the Redis that counts now. Throws while it cannot be reached. */
  async gate(): Promise<{ readonly reader: GateReader; readonly opening: Opening }> {
    return this.#gateIn(this.#fleet.active);
  }

  async unsealed(): Promise<Sale[]> {
    return this.ledger.list({ states: UNSEALED_STATES, limit: SALES_MAX });
  }

  async all(): Promise<Sale[]> {
    return this.ledger.list({ limit: SALES_MAX });
  }

  /** The checkouts that one Redis holds for these sales, whatever their mode. */
  async holds(server: RedisServer, saleIds: readonly string[]): Promise<ReadonlySet<string>> {
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

  async #gateIn({ url }: RedisServer): Promise<RedisGate> {
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
