import { createHash } from "node:crypto";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { formatTicket } from "@flashgate/core";

interface Checkout {
  readonly id: string;
  readonly user: string;
  readonly meaning: string;
  state: string;
  readonly items: { item_id: string; quantity: number }[];
  readonly cartUntilMs: number | null;
}

interface Wanted {
  readonly items: { item_id: string; quantity: number }[];
  readonly mode?: string;
}

type Reply = readonly [status: number, body: object];

const refuse = (status: number, code: string, more: object = {}): Reply => [status, { code, ...more }];

/** How long a cart may wait here: tests are in a hurry. */
const CART_MS = 150;

/**
 * A shop with so many units of anything, honest and quick, whose answers get lost now and then: each seventh checkout is
 * answered with nothing, each eleventh with "who knows", each thirteenth is asked to come back.
 */
export class FakeShop {
  readonly checkouts = new Map<string, Checkout>();
  readonly requests: string[] = [];
  readonly #keys = new Map<string, Checkout>();
  readonly #server: http.Server;
  #left: number;
  #posts = 0;

  private constructor(units: number) {
    this.#left = units;
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
  }

  static async open(units: number): Promise<FakeShop> {
    const shop = new FakeShop(units);
    await new Promise<void>((resolve) => shop.#server.listen(0, "127.0.0.1", resolve));
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += chunk;
    const path = request.url ?? "";
    this.requests.push(`${request.method} ${path.replace(/v1\.[^/]+/, "{ticket}")}`);
    const user = String(request.headers["x-user-id"] ?? "");
    const reply = path.endsWith("/checkouts")
      ? this.#reserve(user, String(request.headers["idempotency-key"] ?? ""), JSON.parse(text))
      : this.#onTicket(request.method ?? "", path, text);
    if (reply === null) response.destroy();
    else response.writeHead(reply[0], { "content-type": "application/json" }).end(JSON.stringify(reply[1]));
  }

  #reserve(user: string, key: string, { items, mode = "purchase" }: Wanted): Reply | null {
    this.#posts += 1;
    const post = this.#posts;
    if (post % 13 === 0) return refuse(503, "gate_shut");
    const meaning = JSON.stringify([mode, items]);
    const known = key === "" ? undefined : this.#keys.get(`${user} ${key}`);
    if (known && known.meaning !== meaning) return refuse(422, "key_reused");
    const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
    if (!known && units > this.#left) return refuse(409, "sold_out");
    const checkout = known ?? this.#take(user, meaning, items, mode, units);
    if (key !== "") this.#keys.set(`${user} ${key}`, checkout);
    if (post % 7 === 0) return null;
    if (post % 11 === 0) return refuse(503, "outcome_unknown", { ticket: sealed(checkout) });
    return [202, view(checkout)];
  }

  #take(user: string, meaning: string, items: Wanted["items"], mode: string, units: number): Checkout {
    this.#left -= units;
    const id = `c${this.checkouts.size}-${createHash("sha256").update(meaning).digest("hex").slice(0, 6)}`;
    const cart = mode === "cart";
    const cartUntilMs = cart ? Date.now() + CART_MS : null;
    const checkout = { id, user, meaning, items: [...items], state: cart ? "reserved" : "queued", cartUntilMs };
    this.checkouts.set(id, checkout);
    return checkout;
  }

  #onTicket(method: string, path: string, text: string): Reply {
    const [, , , ticket = "", step = ""] = path.split("/");
    const payload = Buffer.from(ticket.split(".")[2] ?? "", "base64url").toString();
    const checkout = this.checkouts.get(payload.split("|")[0] ?? "");
    if (!checkout) return refuse(404, "ticket_not_found");
    if (checkout.state === "reserved" && Date.now() >= (checkout.cartUntilMs ?? 0)) this.#giveBack(checkout, "expired");
    if (method === "GET") return this.#read(checkout);
    if (method === "DELETE") {
      if (checkout.state === "confirmed") return refuse(409, "already_confirmed");
      if (checkout.state === "reserved" || checkout.state === "queued") this.#giveBack(checkout, "cancelled");
      return [200, view(checkout)];
    }
    if (checkout.state === "expired") return refuse(409, "ticket_expired");
    if (checkout.state === "cancelled") return refuse(409, "ticket_cancelled");
    if (step === "purchase") {
      if (checkout.state === "reserved") checkout.state = "queued";
      return [202, view(checkout)];
    }
    if (checkout.state !== "reserved" || this.#left === 0) return refuse(409, "sold_out");
    this.#left -= 1;
    checkout.items.push(...(JSON.parse(text) as Wanted).items);
    return [200, view(checkout)];
  }

  /** Whoever asks again hears the verdict. */
  #read(checkout: Checkout): Reply {
    const now = view(checkout);
    if (checkout.state === "queued") checkout.state = "confirmed";
    return [200, now];
  }

  #giveBack(checkout: Checkout, state: string): void {
    checkout.state = state;
    this.#left += checkout.items.reduce((sum, { quantity }) => sum + quantity, 0);
  }
}

function sealed({ id, user }: Checkout): string {
  const ticket = { checkoutId: id, saleId: "x-1", epoch: 1, userId: user, reservedAtMs: 1, lines: [] };
  return `v1.key.${Buffer.from(formatTicket(ticket)).toString("base64url")}.signature`;
}

function view(checkout: Checkout): object {
  const { id, state, items, cartUntilMs } = checkout;
  const named = items.map((item) => ({ ...item, item_id: item.item_id === "any" ? "i0" : item.item_id }));
  const expires = cartUntilMs === null ? {} : { expires_at: new Date(cartUntilMs).toISOString() };
  return { id, ticket: sealed(checkout), status: state, items: named, ...expires };
}
