import type { Hold } from "./checkout.ts";
import type { GateTotals } from "./outcomes.ts";

/** A sale's gate at one instant: one atomic read. Units throughout. */
export interface GateFacts {
  readonly epoch: number;
  readonly open: boolean;
  readonly totals: GateTotals;
  readonly stock: ReadonlyMap<string, number>;
  /** The items that serve `any`. */
  readonly pool: ReadonlySet<string>;
  readonly holds: readonly Hold[];
  /** Users with more than zero units. */
  readonly buyers: ReadonlyMap<string, number>;
}
