import { type CatalogueEntry, itemIdAt, LIMIT_PER_USER, type SaleLedger } from "@flashgate/core";
import { v7 } from "uuid";
import { Dice } from "./crowd/dice.ts";
import type { SiegeSale } from "./history.ts";

export interface CalendarOptions {
  readonly ledger: Pick<SaleLedger, "schedule">;
  readonly nowMs: () => number;
  readonly seed: number;
  /** Sales begin this far apart, and each is open for so long. */
  readonly everyMs: number;
  readonly windowMs: number;
  /** How long after its close a sale may settle. */
  readonly graceMs: number;
  readonly items: number;
  /** No window ends much later, unless the siege goes on for longer. */
  readonly plannedEndMs: number;
}

/** A sale is in the ledger this long before it opens, so that an absence of Postgres does not leave a gap. */
const AHEAD_MS = 80_000;
/** One past the planned end is only scheduled when the siege has not ended by then. */
const AHEAD_IN_OVERTIME_MS = 3_000;
const RETRY_MS = 500;
/** The first opens after this, or as soon as a scheduler has got round to it. */
const FIRST_MS = 2_000;
const STOCK_MAX = 50;
const OVERTIME_MS = 40_000;
const WINDOW_MS_MIN = 30_000;
/** The last sale is so much smaller than the others: what is left of it can be bought. */
const CLOSING_SHARE = 0.1;

/** Keeps one or two short sales on at all times. */
export class SaleCalendar {
  readonly #options: CalendarOptions;
  readonly #dice: Dice;
  readonly #sales: SiegeSale[] = [];
  readonly #stopping = new AbortController();
  #kept: Promise<void> = Promise.resolve();

  constructor(options: CalendarOptions) {
    this.#options = options;
    this.#dice = new Dice(options.seed);
  }

  start(): void {
    this.#kept = this.#keep(this.#options.nowMs() + FIRST_MS);
  }

  /** No further sale; those scheduled take their course. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#kept;
  }

  all(): readonly SiegeSale[] {
    return this.#sales;
  }

  /** Whose window holds this moment, give or take `marginMs`. */
  running(marginMs = 0): SiegeSale[] {
    const nowMs = this.#options.nowMs();
    return this.#sales.filter((sale) => sale.opensAtMs - marginMs <= nowMs && nowMs < sale.closesAtMs + marginMs);
  }

  async #keep(firstOpensAtMs: number): Promise<void> {
    const { signal } = this.#stopping;
    const { nowMs, everyMs, plannedEndMs } = this.#options;
    for (let opensAtMs = firstOpensAtMs; ; opensAtMs += everyMs) {
      const aheadMs = opensAtMs < plannedEndMs ? AHEAD_MS : AHEAD_IN_OVERTIME_MS;
      const waitMs = opensAtMs - aheadMs - nowMs();
      await this.#wait(waitMs);
      if (signal.aborted) return;
      await this.#schedule(opensAtMs);
    }
  }

  async #schedule(opensAtMs: number): Promise<void> {
    const { everyMs, windowMs, graceMs, plannedEndMs, items, ledger } = this.#options;
    const longestMs = Math.max(WINDOW_MS_MIN, plannedEndMs + OVERTIME_MS - opensAtMs);
    const closesAtMs = opensAtMs + Math.min(windowMs, longestMs);
    const plan = {
      id: `x-${v7()}`,
      opensAtMs: Math.floor(opensAtMs),
      closesAtMs: Math.floor(closesAtMs),
      settleUntilMs: Math.floor(closesAtMs + graceMs),
      limitPerUser: LIMIT_PER_USER,
    };
    const closing = opensAtMs + everyMs >= plannedEndMs;
    const catalogue = catalogueOf(Math.ceil(items * (closing ? CLOSING_SHARE : 1)), this.#dice);
    while (!this.#stopping.signal.aborted) {
      // repeating is safe: the id decides whether it is there already
      const done = await ledger.schedule(plan, catalogue).catch(() => null);
      if (done) {
        const units = catalogue.reduce((sum, { stock }) => sum + stock, 0);
        this.#sales.push({ ...plan, units, itemIds: catalogue.map(({ id }) => id) });
        return;
      }
      await this.#wait(RETRY_MS);
    }
  }

  /** Until the time has passed, or the calendar is stopped. */
  #wait(forMs: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, forMs));
      signal.addEventListener("abort", done);
      if (signal.aborted) done();
    });
  }
}

/** Items of 1 to 50 units each. */
function catalogueOf(items: number, dice: Dice): CatalogueEntry[] {
  return Array.from({ length: items }, (_, index) => {
    const id = itemIdAt(index + 1);
    return {
      id,
      name: `Piece ${index + 1}`,
      imageUrl: "/piece.svg",
      priceMinor: 100,
      stock: 1 + dice.below(STOCK_MAX),
    };
  });
}
