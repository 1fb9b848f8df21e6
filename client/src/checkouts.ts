import type { CheckoutRequest, Ticket } from "./shapes.ts";
import type { Transport } from "./transport.ts";

export interface CreateOptions {
  /** A sale's id. Default: `current`. */
  readonly sale?: string;
  /**
   * Makes the call one checkout however often it is sent. Default: one made for this call, which keeps it through its own
   * tries. Bring your own to keep it across a reload or a restart.
   */
  readonly idempotencyKey?: string;
  /** How long the api may hold the answer back for the verdict, in milliseconds; whole seconds, 30 at most. Default: 0. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export class Checkouts {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Reserves and hands out the ticket. Rejects with `sold_out`, `item_taken`, `user_limit`, `sale_not_open`, `sale_closed`,
   * and whatever else the api refuses it for; nothing is reserved then.
   */
  create(request: CheckoutRequest, options: CreateOptions = {}): Promise<Ticket> {
    const {
      sale = "current",
      idempotencyKey = this.#transport.settings.world.uniqueId(),
      waitMs = 0,
      signal,
    } = options;
    return this.#transport.send({
      method: "POST",
      path: `/v1/sales/${encodeURIComponent(sale)}/checkouts`,
      body: request,
      headers: { "idempotency-key": idempotencyKey },
      waitMs,
      signal,
      asShopper: true,
      repeatable: true,
    });
  }
}
