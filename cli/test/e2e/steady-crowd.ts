import http from "node:http";
import { steadyClock } from "../../src/clock.ts";
import { until } from "../../src/until.ts";
import type { Reply } from "./instance.ts";

const PROCEEDS_MS_MAX = 20_000;

interface CrowdParts {
  /** The apis there are at the moment. */
  readonly urls: () => readonly string[];
  readonly sale: string;
  /** Shoppers at once; each buys again and again, as somebody new. */
  readonly shoppers: number;
}

export interface CrowdReport {
  readonly acknowledged: number;
  readonly confirmed: number;
  /** Every request that had no answer, or another than it should. */
  readonly failures: readonly string[];
}

/**
 * Shoppers behind a balancer, as a shop would have one: connections are kept, an api that answers `Connection: close` is
 * asked no more while others are there, and one that does not accept a connection (nothing was sent) leaves the request
 * to the next. Nothing else is tried again: a request that was sent is answered, or has failed.
 */
export class SteadyCrowd {
  readonly #parts: CrowdParts;
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #leaving = new Set<string>();
  readonly #failures: string[] = [];
  #running: Promise<void>[] = [];
  #stopped = false;
  #turn = 0;
  #acknowledged = 0;
  #confirmed = 0;

  constructor(parts: CrowdParts) {
    this.#parts = parts;
  }

  /** Resolves once so many more purchases are confirmed. Rejects when a request fails before that. */
  async proceeds(purchases: number): Promise<void> {
    const enough = this.#confirmed + purchases;
    const proceeded = async () => {
      if (this.#failures.length > 0) throw new Error(this.#failures.join("; "));
      return this.#confirmed >= enough ? true : null;
    };
    if (await until(proceeded, { clock: steadyClock, everyMs: 20, timeoutMs: PROCEEDS_MS_MAX })) return;
    throw new Error(`the crowd is stuck at ${this.#confirmed} purchases`);
  }

  start(): void {
    this.#running = Array.from({ length: this.#parts.shoppers }, (_, index) => this.#shop(index));
  }

  /** Lets everybody finish what they began. */
  async stop(): Promise<CrowdReport> {
    this.#stopped = true;
    await Promise.all(this.#running);
    this.#agent.destroy();
    return { acknowledged: this.#acknowledged, confirmed: this.#confirmed, failures: this.#failures };
  }

  async #shop(index: number): Promise<void> {
    const path = `/v1/sales/${this.#parts.sale}/checkouts`;
    for (let purchase = 0; !this.#stopped && this.#failures.length === 0; purchase += 1) {
      try {
        const headers = { "x-user-id": `u${index}-${purchase}`, "content-type": "application/json" };
        const reply = await this.#ask("POST", path, headers, '{"items":[{"item_id":"any","quantity":1}]}');
        if (reply.status !== 202) throw new Error(`${reply.status} ${reply.body.code}`);
        this.#acknowledged += 1;
        await this.#follow(reply.body.links.self);
        this.#confirmed += 1;
      } catch (error) {
        this.#failures.push(String(error));
      }
    }
  }

  async #follow(path: string): Promise<void> {
    for (;;) {
      const reply = await this.#ask("GET", path, { prefer: "wait=5" });
      if (reply.status !== 200) throw new Error(`${reply.status} ${reply.body.code} for a ticket`);
      if (reply.body.status === "confirmed") return;
      if (reply.body.status !== "queued") throw new Error(`a ticket is ${reply.body.status}`);
    }
  }

  /** Asks one api after the other until one accepts the connection. */
  async #ask(method: string, path: string, headers: http.OutgoingHttpHeaders, body?: string): Promise<Reply> {
    for (;;) {
      const url = this.#choose();
      try {
        const reply = await this.#send(url, method, path, headers, body);
        if (reply.headers.connection === "close") this.#leaving.add(url);
        return reply;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED") throw error;
        this.#leaving.add(url);
      }
    }
  }

  #choose(): string {
    const there = this.#parts.urls();
    for (const url of this.#leaving) if (!there.includes(url)) this.#leaving.delete(url);
    const staying = there.filter((url) => !this.#leaving.has(url));
    const urls = staying.length > 0 ? staying : there;
    this.#turn += 1;
    return urls[this.#turn % urls.length] ?? "";
  }

  #send(url: string, method: string, path: string, headers: http.OutgoingHttpHeaders, body?: string): Promise<Reply> {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const request = http.request(`${url}${path}`, { method, agent: this.#agent, headers: { ...headers, ...length } });
      request.on("error", reject);
      request.on("response", (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(received) });
        });
      });
      request.end(body);
    });
  }
}
