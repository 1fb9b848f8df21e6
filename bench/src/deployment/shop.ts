import {
  type AttemptRecording,
  auditSale,
  type CatalogueEntry,
  generatedCatalogue,
  LIMIT_PER_USER,
} from "@flashgate/core";
import { createPool } from "@flashgate/drizzle";
import { BullQueueReader } from "@flashgate/redis";
import { v7 } from "uuid";
import { whenSelling } from "../fleet/sale-opening.ts";
import { signal } from "../fleet/signals.ts";
import { until } from "../fleet/until.ts";
import { Stores } from "../siege/stores.ts";
import { familyCpuMs } from "./cpu-time.ts";
import { PARTS, type Part, Stage } from "./stage.ts";

const WINDOW_MS = 3_600_000;
const DRAIN_MS_MAX = 600_000;
const LOOK = { everyMs: 25 };
/** Looks whether the api admits; what it tries does not count. */
const PROBE = "probe";

export interface SaleShape {
  readonly items: number;
  /** Units of each. */
  readonly stock?: number;
  readonly attempts?: AttemptRecording;
}

/** Processor time in milliseconds, by who used it. */
export type Usage = Readonly<Record<Part, number>>;

/** What came of a sale: how many were reserved and settled, and when the last of it was committed by the database's clock. */
export interface Drained {
  readonly settled: number;
  /** That did it. */
  readonly transactions: number;
  readonly lastAtMs: number;
  /** What had been used by then: the audit, which comes after, is not the sale's. */
  readonly usage: Usage;
  readonly faults: readonly string[];
}

interface Audited {
  readonly confirmedUnits: number;
  readonly violations: readonly string[];
  /** What could not be looked at, though the sale keeps what it takes: of one that rests, nothing. */
  readonly missed: readonly string[];
}

/** When a checkout was reserved by the gate, and judged by the ledger. Unix milliseconds. */
export interface Order {
  readonly id: string;
  readonly reservedAtMs: number;
  readonly decidedAtMs: number;
}

/** A deployment to be measured: `flashgate up` with its defaults, and a way of our own to its stores. */
export class Shop {
  readonly stage: Stage;
  readonly stores: Stores;
  readonly queue: BullQueueReader;
  readonly pool: ReturnType<typeof createPool>;

  /** `kept`: the folder to use, which stays; else one that does not. */
  static async open(env: NodeJS.ProcessEnv = {}, kept?: string): Promise<Shop> {
    const stage = await Stage.set({ ROTATION: "off", LOG_LEVEL: "warn", ...env }, kept);
    const shop = new Shop(stage);
    try {
      await shop.queue.whenReady();
      return shop;
    } catch (error) {
      await shop.close();
      throw error;
    }
  }

  private constructor(stage: Stage) {
    this.stage = stage;
    const { databaseUrl, redisUrl } = stage.local;
    this.stores = new Stores({ active: { url: redisUrl }, postgres: { url: databaseUrl } });
    this.queue = new BullQueueReader(redisUrl, "bench");
    this.pool = createPool({
      url: databaseUrl,
      max: 2,
      applicationName: "flashgate-bench",
      statementTimeoutMs: DRAIN_MS_MAX,
      onError: () => undefined,
    });
  }

  /** Puts on a sale; resolves to its id once the api sells from it. */
  async openSale({ items, stock = 1, attempts = "all" }: SaleShape): Promise<string> {
    const id = `x-${v7()}`;
    const opensAtMs = Date.now();
    const window = { opensAtMs, closesAtMs: opensAtMs + WINDOW_MS, settleUntilMs: opensAtMs + 2 * WINDOW_MS };
    const catalogue: CatalogueEntry[] = generatedCatalogue(id, items).map((entry) => ({ ...entry, stock }));
    await this.stores.ledger.schedule({ id, ...window, limitPerUser: LIMIT_PER_USER, attempts }, catalogue);
    await whenSelling(this.stores, id, () => isAdmitting(this.stage.url, id));
    return id;
  }

  /** Waits until nothing is held nor queued any more, and audits. What is wrong makes a run worthless: it has no figure. */
  async drained(saleId: string): Promise<Drained> {
    const { reader } = await this.stores.gate();
    const isDrained = async () => {
      const [gate, depth] = [await reader.totals(saleId), await this.queue.depth()];
      return gate?.totals.held === 0 && depth.waiting + depth.active + depth.delayed === 0;
    };
    const inTime = await until(isDrained, DRAIN_MS_MAX, LOOK);
    const usage = this.usage();
    const { violations, missed } = await this.audit(saleId);
    const { rows } = await this.pool.query<{ settled: number; transactions: number; last: number; other: number }>(
      `select count(*) filter (where state = 'confirmed')::int as settled,
              count(distinct xmin::text)::int as transactions,
              count(*) filter (where state <> 'confirmed')::int as other,
              extract(epoch from max(decided_at))::float8 * 1000 as last
       from flashgate.checkouts where sale_id = $1`,
      [saleId],
    );
    const { settled = 0, transactions = 0, last = Number.NaN, other = 0 } = rows[0] ?? {};
    return {
      settled,
      transactions,
      lastAtMs: last,
      usage,
      faults: [
        ...(inTime ? [] : [`${saleId} did not drain`]),
        ...(other > 0 ? [`${other} checkouts of ${saleId} were not confirmed`] : []),
        ...violations,
        ...missed,
      ],
    };
  }

  /** The checkouts that the ledger has of a sale. */
  async orders(saleId: string): Promise<readonly Order[]> {
    const { rows } = await this.pool.query<Order>(
      `select id, extract(epoch from reserved_at)::float8 * 1000 as "reservedAtMs",
              extract(epoch from decided_at)::float8 * 1000 as "decidedAtMs"
       from flashgate.checkouts where sale_id = $1`,
      [saleId],
    );
    return rows;
  }

  /** When shoppers of a sale were refused, as far as it is written down by now. */
  async refusedAtMs(saleId: string): Promise<number[]> {
    const { rows } = await this.pool.query<{ at: number }>(
      `select extract(epoch from at)::float8 * 1000 as at
       from flashgate.checkout_attempts where sale_id = $1 and outcome <> 'held'`,
      [saleId],
    );
    return rows.map(({ at }) => at);
  }

  /** What the books say of a sale. Throws where there is no such sale. */
  async audit(saleId: string): Promise<Audited> {
    const { reader } = await this.stores.gate();
    const report = await auditSale({ ledger: this.stores.ledger, gate: reader }, saleId);
    if (!report) throw new Error(`the ledger does not know ${saleId}`);
    const { confirmedUnits, violations, unchecked } = report;
    const texts = (found: readonly object[]) => found.map((each) => JSON.stringify(each));
    const missed = unchecked.filter(({ reason }) => reason !== "attempts_not_recorded");
    return { confirmedUnits, violations: texts(violations), missed: texts(missed) };
  }

  /** Now, by the database's clock. */
  async nowMs(): Promise<number> {
    const { rows } = await this.pool.query<{ now: number }>(
      "select extract(epoch from clock_timestamp())::float8 * 1000 as now",
    );
    return rows[0]?.now ?? Number.NaN;
  }

  usage(): Usage {
    const { pids } = this.stage;
    return mapParts((part) => familyCpuMs(pids[part]));
  }

  /** While `act` runs, this process stands still. */
  async halting<Value>(part: "worker" | "scheduler", act: () => Promise<Value>): Promise<Value> {
    const pid = this.stage.pidOf(part);
    signal(pid, "SIGSTOP");
    try {
      return await act();
    } finally {
      signal(pid, "SIGCONT");
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.queue.close(), this.stores.close(), this.pool.end()]);
    await this.stage.strike();
  }
}

/** What was used between two looks. */
export function usedBetween(before: Usage, after: Usage): Usage {
  return mapParts((part) => after[part] - before[part]);
}

/** Of each, where so many shared it. */
export function shareOf(usage: Usage, count: number): Usage {
  return mapParts((part) => usage[part] / count);
}

export function sumOf(usage: Usage): number {
  return PARTS.reduce((sum, part) => sum + usage[part], 0);
}

function mapParts(read: (part: Part) => number): Usage {
  return Object.fromEntries(PARTS.map((part) => [part, read(part)])) as Record<Part, number>;
}

/** An api hears of an opening a moment later; from then on its gate can tell that there is no such item. */
async function isAdmitting(url: string, saleId: string): Promise<boolean> {
  const answer = await fetch(`${url}/v1/sales/${saleId}/checkouts`, {
    method: "POST",
    headers: { "x-user-id": PROBE, "content-type": "application/json" },
    body: '{"items":[{"item_id":"none","quantity":1}]}',
  });
  return ((await answer.json()) as { code?: string }).code === "unknown_item";
}
