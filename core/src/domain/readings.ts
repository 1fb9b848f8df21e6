import type { GateTotals } from "./outcomes.ts";

/** How the gates of some sales stand, all of them together. */
export interface GatesReading {
  /** Whether every one of them admits; a gate that cannot be asked does not. */
  readonly open: boolean;
  /** The highest of their epochs; 0 where there is none. */
  readonly epoch: number;
  /** Null where a gate cannot be asked. */
  readonly totals: GateTotals | null;
}

/** What the books of some sales say, all of them together. */
export interface BooksReading {
  readonly oversoldUnits: number;
  /** Places where a counter is not the sum of its rows, or gate and ledger differ that should not. */
  readonly drifts: number;
  /** When the oldest hold was taken; null where nothing is held. */
  readonly oldestHoldMs: number | null;
}
