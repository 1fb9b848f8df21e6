import { entriesOf, type ListOptions } from "./pages.ts";
import { watchSale } from "./sale-watch.ts";
import type { Availability, Item, Sale } from "./shapes.ts";
import type { WatchOptions } from "./ticket-watch.ts";
import type { Transport } from "./transport.ts";

export type ItemsOptions = ListOptions & { readonly available?: boolean; readonly startingAt?: number };

/** Sales are for everybody: none of this says who asks. A sale is named by its id, or `current`. */
export class Sales {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get(sale = "current", { signal }: WatchOptions = {}): Promise<Sale> {
    const path = `/v1/sales/${encodeURIComponent(sale)}`;
    return this.#transport.send({ method: "GET", path, signal, asShopper: false, repeatable: true });
  }

  /** Every sale there ever was, newest window first. */
  list(options: ListOptions = {}): AsyncGenerator<Sale, void, undefined> {
    return entriesOf(this.#transport, "/v1/sales", false, { ...options });
  }

  /**
   * Its items, in order. `available`: only those of which there is something left. `startingAt`: from that position on,
   * the first is 1.
   */
  items(sale = "current", options: ItemsOptions = {}): AsyncGenerator<Item> {
    return entriesOf(this.#transport, `/v1/sales/${encodeURIComponent(sale)}/items`, false, { ...options });
  }

  /** Of which items there is something left: as little as can be said of many. */
  availability(sale = "current", { signal }: WatchOptions = {}): Promise<Availability> {
    const path = `/v1/sales/${encodeURIComponent(sale)}/availability`;
    return this.#transport.send({ method: "GET", path, signal, asShopper: false, repeatable: true });
  }

  /** The sale as it changes, up to four times a second, for as long as the loop is not left. */
  watch(sale = "current", options: WatchOptions = {}): AsyncGenerator<Sale, void, undefined> {
    return watchSale(this.#transport, sale, options);
  }
}
