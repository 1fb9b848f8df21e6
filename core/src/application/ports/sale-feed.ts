import type { Judged } from "../../domain/checkout.ts";
import type { GateTotals } from "../../domain/outcomes.ts";

/** What happened at a sale's gate, told to every process that keeps a read model. At most once: readers also resync. */
export type SaleEvent =
  | { readonly kind: "opened"; readonly saleId: string; readonly epoch: number }
  | {
      readonly kind: "settled";
      readonly saleId: string;
      readonly epoch: number;
      readonly judged: readonly Judged[];
      /** Null where the gate of that epoch is gone: the verdicts count all the same. */
      readonly totals: GateTotals | null;
      /** Units sold by this page, and units now left of every item it sold or gave back. */
      readonly soldUnits: ReadonlyMap<string, number>;
      readonly stock: ReadonlyMap<string, number>;
    };

export interface SaleFeed {
  /** Calls the listener for every event from now on; the returned function ends it. `onGap` runs whenever events may have been missed. */
  subscribe(listener: (event: SaleEvent) => void, onGap: () => void): Promise<() => void>;
}
