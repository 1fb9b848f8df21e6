import { until } from "../fleet/until.ts";
import type { FaultLog, FaultRecord } from "./fault-log.ts";
import type { SaleCalendar } from "./sale-calendar.ts";
import type { Stores } from "./stores.ts";

/** How long it took from Redis's first answer until every running sale sold again. */
export interface Reopening {
  readonly cause: string;
  readonly backAtMs: number;
  /** Null: not while it was watched. */
  readonly tookMs: number | null;
  /** What else was wrong meanwhile that keeps gates from opening as they should. */
  readonly disturbedBy: readonly string[];
}

const WATCHED_MS = 20_000;
const EVERY_MS = 40;

/** Watches gates come back. */
export class Reopenings {
  readonly measured: Reopening[] = [];
  readonly #parts: {
    readonly stores: Stores;
    readonly calendar: SaleCalendar;
    readonly log: FaultLog;
    readonly nowMs: () => number;
  };

  constructor(parts: {
    readonly stores: Stores;
    readonly calendar: SaleCalendar;
    readonly log: FaultLog;
    readonly nowMs: () => number;
  }) {
    this.#parts = parts;
  }

  /** Resolves once the gates of all running sales are open, or no longer watched. */
  async watch(cause: string, backAtMs: number): Promise<void> {
    const { calendar, log, nowMs } = this.#parts;
    const sales = calendar.running();
    const open = await until(() => this.#allOpen(sales.map(({ id }) => id)), WATCHED_MS, { everyMs: EVERY_MS });
    const untilMs = nowMs();
    const disturbedBy = log.between(backAtMs, untilMs, hinders, cause);
    this.measured.push({ cause, backAtMs, tookMs: open ? untilMs - backAtMs : null, disturbedBy });
  }

  async #allOpen(saleIds: readonly string[]): Promise<boolean> {
    const { ledger, gate } = { ledger: this.#parts.stores.ledger, gate: await this.#parts.stores.gate() };
    for (const id of saleIds) {
      const sale = await ledger.find(id);
      if (sale?.state === "closed") continue;
      if (sale?.state !== "open" || !(await gate.opening.isOpen(id, sale.openEpoch))) return false;
    }
    return true;
  }
}

/**
 * Gates are opened by a scheduler, with Postgres. Whoever is stopped or cut off from Postgres amid a transaction keeps its
 * locks until Postgres ends it (10 s), and a recovery waits for them.
 */
export function hinders({ label, whom }: Pick<FaultRecord, "label" | "whom">): boolean {
  if (whom === "scheduler" || whom === "postgres" || whom === "all") return true;
  return label.startsWith("stop ") || label.startsWith("partition postgres");
}
