import type { Ticket, Wanted } from "./shapes.ts";
import { isDecided, pathOf, pollTicket, readTicket, type WatchOptions, watchTicket } from "./ticket-watch.ts";
import type { Call, Transport } from "./transport.ts";

/** A ticket, or what it is called. */
export type TicketLike = string | Pick<Ticket, "ticket">;

const nameOf = (ticket: TicketLike) => (typeof ticket === "string" ? ticket : ticket.ticket);

export class Tickets {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** As it stands now. */
  get(ticket: TicketLike, options: WatchOptions = {}): Promise<Ticket> {
    return readTicket(this.#transport, nameOf(ticket), options);
  }

  /** As it stands once it is decided; a cart is not before it is purchased, cancelled or expired. Bound it with a signal. */
  async wait(ticket: TicketLike, options: WatchOptions = {}): Promise<Ticket> {
    let view: Ticket | undefined;
    for await (view of pollTicket(this.#transport, nameOf(ticket), options));
    if (!view || !isDecided(view)) throw new Error("a poll ended before its ticket");
    return view;
  }

  /** Every state that it is seen in, from now to the last. Leaving the loop ends the stream. */
  watch(ticket: TicketLike, options: WatchOptions = {}): AsyncGenerator<Ticket, void, undefined> {
    return watchTicket(this.#transport, nameOf(ticket), options);
  }

  /**
   * Adds to a cart. Not tried again where the answer was lost, as that might add twice: `outcome_unknown`, `network` or
   * `timeout` then, and {@link get} tells.
   */
  addLines(ticket: TicketLike, items: readonly Wanted[], options: WatchOptions = {}): Promise<Ticket> {
    return this.#change(ticket, { ...options, method: "POST", step: "/lines", body: { items }, repeatable: false });
  }

  /** Sends a cart to be settled; again is the same answer. */
  purchase(ticket: TicketLike, options: WatchOptions = {}): Promise<Ticket> {
    return this.#change(ticket, { ...options, method: "POST", step: "/purchase", repeatable: true });
  }

  /** Gives back what is reserved; `already_confirmed` where it has become an order. */
  cancel(ticket: TicketLike, options: WatchOptions = {}): Promise<Ticket> {
    return this.#change(ticket, { ...options, method: "DELETE", step: "", repeatable: true });
  }

  #change(ticket: TicketLike, { step, ...call }: Omit<Call, "path" | "asShopper"> & { step: string }): Promise<Ticket> {
    return this.#transport.send({ ...call, path: `${pathOf(nameOf(ticket))}${step}`, asShopper: true });
  }
}
