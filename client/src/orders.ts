import { entriesOf, type ListOptions } from "./pages.ts";
import type { Order } from "./shapes.ts";
import type { Transport } from "./transport.ts";

export class Orders {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The shopper's own, last reserved first. */
  list(options: ListOptions = {}): AsyncGenerator<Order, void, undefined> {
    return entriesOf(this.#transport, "/v1/orders", true, { ...options });
  }

  get(orderId: string, { signal }: Pick<ListOptions, "signal"> = {}): Promise<Order> {
    const path = `/v1/orders/${encodeURIComponent(orderId)}`;
    return this.#transport.send({ method: "GET", path, signal, asShopper: true, repeatable: true });
  }
}
