import { setTimeout as delay } from "node:timers/promises";
import type { Topology } from "./topology.ts";

const OPEN_MS_MAX = 60_000;
const LOOK_MS = 100;

/** What an answer says that is looked at here. */
interface Ticket {
  readonly ticket: string;
  readonly status: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Partial<Ticket> & { readonly id?: string };
  readonly tookMs: number;
}

/** A shop's backend and its operator: asks nginx as the one, and the ops port of an api as the other. */
export class ShopClient {
  readonly #door: string;
  readonly #opsUrl: string;
  readonly #token: string;

  constructor(topology: Topology) {
    this.#door = topology.plans.door("nginx", "http");
    this.#opsUrl = topology.plans.opsUrl("api-1");
    this.#token = topology.secret("ops_token");
  }

  /** Puts on a sale through the ops port, and resolves with its id once every api sells it. */
  async putOnSale(items: number): Promise<string> {
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify({ items }) };
    const { status, body } = await ask(`${this.#opsUrl}/v1/admin/sales`, init);
    if (body.id === undefined) throw new Error(`no sale was put on: the ops port answered ${status}`);
    const overAtMs = performance.now() + OPEN_MS_MAX;
    for (;;) {
      // several at once, so that the balancer asks every api
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => this.checkout(body.id ?? "", "first", "purchase", "once")),
      );
      if (answers.every((answer) => answer.status === 202)) return body.id;
      if (performance.now() > overAtMs) throw new Error(`sale ${body.id} does not sell: ${answers[0]?.status}`);
      await delay(LOOK_MS);
    }
  }

  checkout(saleId: string, user: string, mode: "purchase" | "cart", key: string): Promise<Answer> {
    const headers = { "x-user-id": user, "content-type": "application/json", "idempotency-key": key };
    const body = JSON.stringify({ items: [{ item_id: "any", quantity: 1 }], mode });
    return ask(`${this.#door}/v1/sales/${saleId}/checkouts`, { method: "POST", headers, body });
  }

  /** A ticket's status; held back for so long as there is no verdict. */
  status(ticket: string, waitS: number): Promise<Answer> {
    return ask(`${this.#door}/v1/tickets/${ticket}`, { headers: { prefer: `wait=${waitS}` } });
  }

  cancel(ticket: string, user: string): Promise<Answer> {
    return ask(`${this.#door}/v1/tickets/${ticket}`, { method: "DELETE", headers: { "x-user-id": user } });
  }
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const startedMs = performance.now();
  const response = await fetch(url, init);
  const body = (await response.json()) as Answer["body"];
  return { status: response.status, body, tookMs: performance.now() - startedMs };
}
