import type { GateTotals } from "./outcomes.ts";

/**
 * - `scheduled`: prepared, its gate was never opened.
 * - `recovering`: a (re)opening of its gate is under way; nothing settles meanwhile.
 * - `open`: `openEpoch`'s gate counts. The window, not this state, says whether it admits shoppers yet.
 * - `closed`: sealed after `settleUntilMs`; nothing is confirmed any more. Never reopens.
 */
export type SaleState = "scheduled" | "recovering" | "open" | "closed";

/** The states of a sale that may still sell or settle. */
export const UNSEALED_STATES: readonly SaleState[] = ["scheduled", "recovering", "open"];

/**
 * What the ledger keeps of attempts to buy in a sale: those that the gate refused as well as those that it took, the latter
 * only, or none. Decided once, when the sale is scheduled: so an audit knows what there must be.
 */
export const ATTEMPT_RECORDINGS = ["all", "accepted", "off"] as const;
export type AttemptRecording = (typeof ATTEMPT_RECORDINGS)[number];

/** What a sale is made with. Times are Unix milliseconds; the window is `[opensAtMs, closesAtMs)`. */
export interface SalePlan {
  readonly id: string;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  /** Until when an accepted checkout may still settle; then it expires and the sale closes. */
  readonly settleUntilMs: number;
  readonly limitPerUser: number;
  /** `all` where it is left out. */
  readonly attempts?: AttemptRecording | undefined;
}

/** A sale as the ledger holds it. Invariant: `itemsSold + itemsHeld <= totalItems`, all in units. */
export interface Sale extends SalePlan {
  readonly attempts: AttemptRecording;
  readonly totalItems: number;
  readonly itemsSold: number;
  readonly itemsHeld: number;
  /** Fencing number: grows by one whenever the gate is (re)opened. */
  readonly epoch: number;
  /** The epoch whose gate keys count; 0 before the first opening. */
  readonly openEpoch: number;
  readonly state: SaleState;
  /** Admits nobody; what was admitted settles all the same. */
  readonly paused: boolean;
  /** Grows by one with every change of `paused`: a gate that was told so takes no older word. */
  readonly pauseVersion: number;
}

/** What a shopper is told of a sale's life. */
export type SalePhase = "scheduled" | "open" | "paused" | "ended";

export const HOUR_MS = 3_600_000;
export const HOURLY_ITEMS = 10_000;
export const LIMIT_PER_USER = 10;
/** Default grace in which checkouts accepted at the last moment still settle. */
export const SETTLE_GRACE_MS = 15 * 60_000;

/** Start of the hour that holds `atMs`. */
export function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}

/** `YYYYMMDDHH` (UTC) of the hour that starts at `hourMs`. */
export function hourlySaleId(hourMs: number): string {
  return new Date(hourMs).toISOString().slice(0, 13).replace(/[-T]/g, "");
}

/** Whether an id is an hourly sale's. */
export function isHourly(saleId: string): boolean {
  return /^\d{10}$/.test(saleId);
}

/** The hourly sale that starts at `hourMs`. */
export function hourlySale(hourMs: number): Omit<SalePlan, "attempts"> {
  return {
    id: hourlySaleId(hourMs),
    opensAtMs: hourMs,
    closesAtMs: hourMs + HOUR_MS,
    settleUntilMs: hourMs + HOUR_MS + SETTLE_GRACE_MS,
    limitPerUser: LIMIT_PER_USER,
  };
}

/** Whether two windows share a moment. */
export function overlaps(
  a: Pick<SalePlan, "opensAtMs" | "closesAtMs">,
  b: Pick<SalePlan, "opensAtMs" | "closesAtMs">,
): boolean {
  return a.opensAtMs < b.closesAtMs && b.opensAtMs < a.closesAtMs;
}

/**
 * The sale that `current` means at `nowMs`: the hourly one whose window holds that moment, else the latest that is
 * running, else the next to open. Null where there is none.
 */
export function currentSale<Window extends Pick<Sale, "id" | "opensAtMs" | "closesAtMs">>(
  sales: readonly Window[],
  nowMs: number,
): Window | null {
  const running = sales.filter((sale) => sale.opensAtMs <= nowMs && nowMs < sale.closesAtMs);
  const latest = running.toSorted((a, b) => b.opensAtMs - a.opensAtMs)[0];
  return running.find((sale) => isHourly(sale.id)) ?? latest ?? nextSale(sales, nowMs);
}

/** A sale's units as the ledger counts them. */
export function ledgerTotals({ totalItems, itemsSold, itemsHeld }: Sale): GateTotals {
  return { available: totalItems - itemsSold - itemsHeld, held: itemsHeld, sold: itemsSold };
}

/** The sale that opens next after `nowMs`; null where none is prepared. */
export function nextSale<Window extends Pick<Sale, "opensAtMs">>(
  sales: readonly Window[],
  nowMs: number,
): Window | null {
  const coming = sales.filter((sale) => sale.opensAtMs > nowMs);
  return coming.toSorted((a, b) => a.opensAtMs - b.opensAtMs)[0] ?? null;
}

/** The phase shoppers are shown, by the clock: the gate itself admits by Redis's own time. */
export function phaseOf(sale: Pick<Sale, "opensAtMs" | "closesAtMs" | "state" | "paused">, nowMs: number): SalePhase {
  if (sale.state === "closed" || nowMs >= sale.closesAtMs) return "ended";
  if (nowMs < sale.opensAtMs) return "scheduled";
  return sale.paused ? "paused" : "open";
}
