import type { FinalState } from "../history.ts";
import { isFinal, type Tally } from "./counts.ts";
import type { Held } from "./desk.ts";
import type { TicketTold } from "./ticket.ts";

/** A ticket whose final state was not told yet. */
export interface OpenTicket extends Held {
  /** Acknowledged with 202; false where an unknown outcome only named it. */
  acknowledged: boolean;
  /** Until when a cart may be left alone; null for what was submitted. */
  cartUntilMs: number | null;
}

/** The tickets that the crowd has in hand, each until its final state is told. */
export class TicketBook {
  readonly #open = new Map<string, OpenTicket>();
  readonly #acknowledged = new Set<string>();
  readonly #tally: Tally;
  #pending = 0;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Acknowledged checkouts whose final state was not told. */
  get pending(): number {
    return this.#pending;
  }

  open(): readonly OpenTicket[] {
    return [...this.#open.values()];
  }

  /** Takes an acknowledged ticket. Null where it was acknowledged before. */
  accept(told: TicketTold, saleId: string, userId: string): OpenTicket | null {
    const { checkoutId, sealed, state, expiresAtMs } = told;
    if (this.#acknowledged.has(checkoutId)) {
      if (isFinal(state)) this.close(checkoutId, state);
      return null;
    }
    this.#acknowledged.add(checkoutId);
    this.#tally.checkouts += 1;
    this.#pending += 1;
    const cartUntilMs = state === "reserved" ? expiresAtMs : null;
    const ticket = { checkoutId, sealed, saleId, userId, acknowledged: true, cartUntilMs };
    this.#open.set(checkoutId, ticket);
    if (isFinal(state)) this.close(checkoutId, state);
    return ticket;
  }

  /** Takes a ticket of which nobody knows whether its checkout exists. Null where it is known. */
  hearOf(held: Held): OpenTicket | null {
    if (this.#acknowledged.has(held.checkoutId) || this.#open.has(held.checkoutId)) return null;
    const ticket = { ...held, acknowledged: false, cartUntilMs: null };
    this.#open.set(held.checkoutId, ticket);
    return ticket;
  }

  close(checkoutId: string, state: FinalState): void {
    const ticket = this.#open.get(checkoutId);
    if (!ticket) return;
    this.#open.delete(checkoutId);
    if (!ticket.acknowledged) return;
    this.#pending -= 1;
    this.#tally.tell(state);
  }
}
