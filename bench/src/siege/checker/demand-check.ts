import type { SoldOutRush } from "../history.ts";
import type { Findings } from "./findings.ts";
import type { CheckoutRow, SaleRow } from "./ledger-rows.ts";

/**
 * How long a unit may take from the ledger's verdict that frees it to the next shopper who asks: where the gate could not
 * be told, the sweep's longest pause, and a sweep.
 */
export const RETURN_MS_MAX = 62_000;

/**
 * Nothing is left that somebody asked for (invariant 9). While a rush lasted, whoever wanted a single unit got one or was
 * told that there is none: so at its end every unit was sold, or with a checkout that came to nothing too late.
 */
export class DemandCheck {
  readonly #sale: SaleRow;
  readonly #findings: Findings;
  readonly #late: { readonly rush: SoldOutRush; units: number }[];

  constructor(sale: SaleRow, rushes: readonly SoldOutRush[], findings: Findings) {
    this.#sale = sale;
    this.#findings = findings;
    this.#late = rushes.filter((rush) => rush.saleId === sale.id).map((rush) => ({ rush, units: 0 }));
  }

  take({ state, units, decidedAtMs }: CheckoutRow): void {
    if (state === "confirmed" || decidedAtMs === null) return;
    for (const late of this.#late) {
      if (decidedAtMs > late.rush.untilMs - RETURN_MS_MAX) late.units += units;
    }
  }

  end(soldUnits: number): void {
    const { id, totalUnits } = this.#sale;
    for (const { units } of this.#late) {
      this.#findings.expect(
        9,
        soldUnits + units >= totalUnits,
        () => `${id} sold ${soldUnits} of ${totalUnits} units (${units} came back too late), and turned shoppers away`,
      );
    }
  }
}
