import type { Hold } from "./checkout.ts";
import type { GateTotals } from "./outcomes.ts";

/** What there is in a sale's gate. Units throughout. */
export interface GateFacts {
  readonly epoch: number;
  readonly open: boolean;
  /**
   * All of it is of one instant. If not, the gate is large and was changed while it was read: the totals are of one
   * instant, each of the rest by itself was so at some moment, and it cannot be told whether they go together.
   */
  readonly oneInstant: boolean;
  readonly totals: GateTotals;
  readonly stock: ReadonlyMap<string, number>;
  /** The items that serve `any`. */
  readonly pool: ReadonlySet<string>;
  readonly holds: readonly Hold[];
  /** Users with more than zero units. */
  readonly buyers: ReadonlyMap<string, number>;
}
