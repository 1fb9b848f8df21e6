import { setTimeout as delay } from "node:timers/promises";

/** Between two shoppers. */
const EVERY_MS = 100;
const PATIENCE_MS = 5_000;
/** One shopper in so many asks for more than anybody may have, leaves a cart behind, or cancels. */
const GREEDY = 7;
const HESITANT = 11;
const REGRETFUL = 13;

interface Ticket {
  readonly ticket: string;
}

/**
 * A few shoppers a second, and one who watches the sale: enough for every panel to have something to show, too little to
 * be in anybody's way. What they are answered is nobody's concern here.
 */
export class Trickle {
  readonly #urls: readonly string[];
  readonly #saleId: string;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(urls: readonly string[], saleId: string) {
    this.#urls = urls;
    this.#saleId = saleId;
  }

  start(): void {
    this.#running = Promise.all([this.#sendShoppers(), this.#watch()]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #sendShoppers(): Promise<void> {
    const shopping = new Set<Promise<void>>();
    for (let shopper = 1; !this.#stopping.signal.aborted; shopper += 1) {
      const trip: Promise<void> = this.#shop(shopper)
        .catch(() => undefined)
        .finally(() => shopping.delete(trip));
      shopping.add(trip);
      await delay(EVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
    await Promise.all(shopping);
  }

  async #shop(shopper: number): Promise<void> {
    const url = this.#urls[shopper % this.#urls.length] ?? "";
    const user = { "x-user-id": `rehearsal-${shopper}` };
    const buy = (quantity: number, mode: "cart" | "purchase") =>
      this.#ask(`${url}/v1/sales/${this.#saleId}/checkouts`, {
        method: "POST",
        headers: { ...user, "content-type": "application/json" },
        body: JSON.stringify({ items: [{ item_id: "any", quantity }], mode }),
      });
    const answer = await buy(shopper % GREEDY === 0 ? 10 : 1, shopper % HESITANT === 0 ? "cart" : "purchase");
    const body: unknown = await answer.json();
    if (shopper % GREEDY === 0) await (await buy(1, "purchase")).arrayBuffer();
    if (!answer.ok) return;
    const ticket = `${url}/v1/tickets/${(body as Ticket).ticket}`;
    const method = shopper % REGRETFUL === 0 ? "DELETE" : "GET";
    await (await this.#ask(ticket, { method, headers: user })).arrayBuffer();
  }

  /** Reads the sale's events until it stops; whenever the stream ends, another one is opened. */
  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await fetch(`${this.#urls[0]}/v1/sales/${this.#saleId}/events`, { signal })
        .then((answer) => answer.text())
        .catch(() => undefined);
      await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #ask(url: string, question: RequestInit): Promise<Response> {
    return fetch(url, { ...question, signal: AbortSignal.timeout(PATIENCE_MS) });
  }
}
