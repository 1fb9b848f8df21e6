import { Checkouts } from "./checkouts.ts";
import { type FlashgateOptions, settingsOf } from "./options.ts";
import { Orders } from "./orders.ts";
import { Sales } from "./sales.ts";
import { Tickets } from "./tickets.ts";
import { Transport } from "./transport.ts";

export type { CreateOptions } from "./checkouts.ts";
export type { World } from "./clock.ts";
export { type ErrorCode, FlashgateError } from "./flashgate-error.ts";
export type { FlashgateOptions } from "./options.ts";
export type { ListOptions } from "./pages.ts";
export type { ItemsOptions } from "./sales.ts";
export type * from "./shapes.ts";
export { isDecided, type WatchOptions } from "./ticket-watch.ts";
export type { TicketLike } from "./tickets.ts";

/** A shopper's, or a shop's own, way to a Flashgate. Holds nothing open between calls. */
export class Flashgate {
  readonly sales: Sales;
  readonly checkouts: Checkouts;
  readonly tickets: Tickets;
  readonly orders: Orders;

  /** Throws a TypeError that names the option at fault. */
  constructor(options: FlashgateOptions = {}) {
    const transport = new Transport(settingsOf(options));
    this.sales = new Sales(transport);
    this.checkouts = new Checkouts(transport);
    this.tickets = new Tickets(transport);
    this.orders = new Orders(transport);
  }
}
