import { unitsWished } from "../crowd/demand.ts";
import type { Findings } from "./findings.ts";
import type { CheckoutRow } from "./ledger-rows.ts";
import { type Rumour, userOf } from "./story.ts";

/**
 * Whether somebody asked for what was confirmed without an acknowledgement (invariant 6): a request that was never
 * answered explains one checkout, its own if it was named, else one of the same user and key.
 */
export class AttemptCheck {
  readonly #rumours: ReadonlyMap<string, readonly Rumour[]>;
  readonly #findings: Findings;
  readonly #spent = new Set<Rumour>();

  constructor(rumours: ReadonlyMap<string, readonly Rumour[]>, findings: Findings) {
    this.#rumours = rumours;
    this.#findings = findings;
  }

  /** A confirmed row that nobody was told of. */
  take(saleId: string, row: CheckoutRow): void {
    const { checkoutId, userId, key } = row;
    const open = (this.#rumours.get(userOf({ saleId, userId })) ?? []).filter((rumour) => !this.#spent.has(rumour));
    const source = open.find((rumour) => rumour.checkoutId === checkoutId) ?? open.find((it) => fits(it, row));
    // A cart without a ticket cannot be purchased.
    const asked = source !== undefined && source.mode === "purchase";
    this.#findings.expect(
      6,
      asked,
      () => `nobody asked for ${checkoutId} of ${saleId}, confirmed for ${userId} ("${key}")`,
    );
    if (source) this.#spent.add(source);
  }
}

function fits(rumour: Rumour, row: CheckoutRow): boolean {
  return (
    rumour.checkoutId === null &&
    rumour.mode === "purchase" &&
    rumour.key === row.key &&
    unitsWished(rumour.demand) === row.units
  );
}
