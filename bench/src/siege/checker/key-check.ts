import type { Findings } from "./findings.ts";
import type { CheckoutRow } from "./ledger-rows.ts";
import type { Losses } from "./losses.ts";
import { keyOf, type Story } from "./story.ts";
import type { Twins } from "./testimony.ts";

/**
 * One checkout for each idempotency key (invariant 7): at most one row that takes stock, and no two tickets, unless one of
 * them was lost with its gate or rejected, which frees the key.
 */
export class KeyCheck {
  readonly #findings: Findings;
  readonly #losses: Losses;
  readonly #taken = new Map<string, string>();
  readonly #twins: readonly Twins[];
  readonly #twinStates = new Map<string, CheckoutRow["state"] | null>();

  constructor(twins: readonly Twins[], losses: Losses, findings: Findings) {
    this.#findings = findings;
    this.#losses = losses;
    this.#twins = twins;
    for (const { checkoutId } of twins.flatMap(({ first, second }) => [first, second])) {
      this.#twinStates.set(checkoutId, null);
    }
  }

  take(saleId: string, { checkoutId, userId, key, state }: CheckoutRow): void {
    if (this.#twinStates.has(checkoutId)) this.#twinStates.set(checkoutId, state);
    if (key === "" || (state !== "held" && state !== "confirmed")) return;
    const name = keyOf({ saleId, userId, key });
    const other = this.#taken.get(name);
    this.#findings.expect(7, other === undefined, () => `${other} and ${checkoutId} both have the key ${name}`);
    this.#taken.set(name, checkoutId);
  }

  end(): void {
    for (const { first, second } of this.#twins) {
      this.#findings.expect(
        7,
        this.#freed(first) || this.#freed(second),
        () => `the key ${keyOf(first)} was answered with ${first.checkoutId} and with ${second.checkoutId}`,
      );
    }
  }

  #freed({ checkoutId, saleId, acks }: Story): boolean {
    return this.#twinStates.get(checkoutId) === "rejected" || this.#losses.hitAll(saleId, acks);
  }
}
