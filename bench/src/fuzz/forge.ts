import { Dice } from "../siege/crowd/dice.ts";
import { bent, hostileValue, inHeader, inUrl, WORDS } from "./hostile.ts";

/** A request as it is sent: what a client library lets through. */
export interface Forged {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A ticket, and the id that its order would have. */
export interface HandedOut {
  readonly ticket: string;
  readonly id: string;
}

const NOTHING: HandedOut = { ticket: "v1.k.none.none", id: "none" };

export interface ForgeOptions {
  readonly seed: number;
  readonly saleIds: readonly string[];
  readonly itemIds: readonly string[];
}

/** Routes of the public surface, by how much there is to get wrong in them. `T`: a ticket, `S`: a sale, `I`: an item, `O`: an order; and of the contest's: `U`, `N` and `C`. */
const ROUTES = {
  "POST /v1/sales/S/checkouts": 40,
  "GET /v1/tickets/T": 14,
  "POST /v1/tickets/T/lines": 10,
  "POST /v1/tickets/T/purchase": 7,
  "DELETE /v1/tickets/T": 6,
  "GET /v1/sales/S": 6,
  "GET /v1/sales/S/items": 8,
  "GET /v1/sales": 3,
  "GET /v1/sales/S/events": 1,
  "GET /v1/tickets/T/events": 2,
  "GET /v1/orders": 3,
  "GET /v1/orders/O": 2,
  "GET /images/S/I.svg": 2,
  "GET /": 2,
  "POST /checkout?user_id=U&id=N": 6,
  "POST /purchase?code=C": 2,
  "GET /sales/S": 1,
  "GET /sales/S/items": 1,
  "GET /health": 1,
};

const METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"];
const TYPES = ["text/plain", "application/json; charset=latin1", "application/xml", "multipart/form-data", "a", ""];
const TICKETS_KEPT = 2_000;
const USERS = 400;
/** Of each user: few, so that they come again with another body. */
const KEYS = 3;

/**
 * Makes requests of which one in two is as it should be but for one thing, one in four is right, and the others are
 * wrong all over: what is wrong throughout never gets past the first check.
 */
export class Forge {
  readonly #dice: Dice;
  readonly #options: ForgeOptions;
  readonly #handedOut: HandedOut[] = [];

  constructor(options: ForgeOptions) {
    this.#dice = new Dice(options.seed);
    this.#options = options;
  }

  /** What was handed out: later requests ask for it, and for what is almost it. */
  learn(handedOut: HandedOut): void {
    if (this.#handedOut.length < TICKETS_KEPT) this.#handedOut.push(handedOut);
    else this.#handedOut[this.#dice.below(TICKETS_KEPT)] = handedOut;
  }

  next(): Forged {
    const dice = this.#dice;
    const [method = "GET", pattern = "/"] = dice.weighted(ROUTES).split(" ");
    const right: Forged = {
      method,
      path: this.#path(pattern),
      headers: this.#headers(method),
      body: method === "POST" ? JSON.stringify(this.#body(pattern)) : null,
    };
    switch (dice.weighted({ right: 25, almost: 50, wild: 25 })) {
      case "right":
        return right;
      case "almost":
        return this.#spoil(right);
      case "wild":
        return this.#spoil(this.#spoil(this.#spoil(this.#spoil(right))));
    }
  }

  #path(pattern: string): string {
    const { saleIds, itemIds } = this.#options;
    const { ticket, id } = this.#handedOut.length > 0 ? this.#dice.pick(this.#handedOut) : NOTHING;
    const sale = this.#dice.chance(0.3) ? "current" : this.#dice.pick(saleIds);
    return pattern
      .replace("/S", `/${sale}`)
      .replace("/T", `/${ticket}`)
      .replace("/O", `/${id}`)
      .replace("=U", `=fuzz-${this.#dice.below(USERS)}`)
      .replace("=N", `=${this.#dice.pick(saleIds)}-${this.#dice.pick(itemIds)}`)
      .replace("=C", `=CHK-${ticket}`)
      .replace("/I.", `/${this.#dice.pick(itemIds)}.`);
  }

  #headers(method: string): Record<string, string> {
    const dice = this.#dice;
    return {
      "x-user-id": `fuzz-${dice.below(USERS)}`,
      ...(method === "POST" ? { "content-type": "application/json" } : {}),
      ...(dice.chance(0.2) ? { "idempotency-key": `"key-${dice.below(KEYS)}"` } : {}),
      ...(dice.chance(0.02) ? { prefer: "wait=1" } : {}),
    };
  }

  #body(pattern: string): object {
    const dice = this.#dice;
    const item = () => ({
      item_id: dice.chance(0.5) ? "any" : dice.pick(this.#options.itemIds),
      quantity: dice.int(1, 2),
    });
    const items = Array.from({ length: dice.int(1, 3) }, item);
    return pattern.endsWith("/lines") ? { items } : { items, mode: dice.chance(0.4) ? "cart" : "purchase" };
  }

  #spoil(request: Forged): Forged {
    const dice = this.#dice;
    switch (dice.weighted({ body: 40, header: 20, path: 15, query: 10, method: 8, user: 7 })) {
      case "body":
        return { ...request, body: this.#spoiltBody(request.body ?? "{}") };
      case "header":
        return { ...request, headers: { ...request.headers, ...this.#spoiltHeader() } };
      case "path":
        return { ...request, path: this.#spoiltPath(request.path) };
      case "query":
        return { ...request, path: `${request.path}?${this.#query()}` };
      case "method":
        return { ...request, method: dice.pick(METHODS) };
      case "user":
        return { ...request, headers: { ...request.headers, "x-user-id": inHeader(dice.pick(WORDS)) } };
    }
  }

  #spoiltBody(text: string): string {
    const dice = this.#dice;
    switch (dice.weighted({ bent: 4, value: 4, field: 4, twice: 1, deep: 1, long: 1, empty: 1 })) {
      case "bent":
        return bent(dice, text);
      case "value":
        return JSON.stringify(hostileValue(dice));
      case "field":
        return text.replace(/"(quantity|item_id|mode|items)":("[^"]*"|\d+)/, (_all, name) => {
          return `"${name}":${JSON.stringify(hostileValue(dice))}`;
        });
      case "twice":
        return text.replace(/("quantity":\d+)/, '$1,"quantity":9');
      case "deep":
        return "[".repeat(dice.int(1, 1_000)) + "]".repeat(dice.int(0, 1_000));
      case "long":
        return JSON.stringify({ items: [], padding: "x".repeat(dice.int(1_500, 5_000)) });
      case "empty":
        return "";
    }
  }

  #spoiltHeader(): Record<string, string> {
    const dice = this.#dice;
    const word = inHeader(dice.pick(WORDS));
    switch (dice.weighted({ type: 4, key: 4, prefer: 2, etag: 1, encoding: 1, forwarded: 1, other: 2 })) {
      case "type":
        return { "content-type": dice.pick(TYPES) };
      case "key":
        return { "idempotency-key": word };
      case "prefer":
        return { prefer: dice.pick(["wait=", "wait=-1", "wait=1e9", "wait=1,wait=2", `wait="${word}"`, word]) };
      case "etag":
        return { "if-none-match": dice.pick(["*", '""', word]) };
      case "encoding":
        return { "content-encoding": dice.pick(["gzip", "br", "identity"]) };
      case "forwarded":
        return { "x-forwarded-for": word, "x-forwarded-host": word, forwarded: `for=${word}` };
      case "other":
        return { "x-request-id": word, accept: word, authorization: `Bearer ${word}`, cookie: word };
    }
  }

  #spoiltPath(path: string): string {
    const dice = this.#dice;
    const parts = path.split("/");
    const at = dice.int(1, Math.max(1, parts.length - 1));
    switch (dice.weighted({ word: 4, bent: 4, more: 1, less: 1, slashes: 1 })) {
      case "word":
        parts[at] = inUrl(dice, dice.pick(WORDS));
        break;
      case "bent":
        parts[at] = inUrl(dice, bent(dice, parts[at] ?? ""));
        break;
      case "more":
        parts.push(inUrl(dice, dice.pick(WORDS)));
        break;
      case "less":
        parts.splice(at, 1);
        break;
      case "slashes":
        parts.splice(at, 0, "", ".", "..");
        break;
    }
    const spoilt = parts.join("/");
    return spoilt.startsWith("/") ? spoilt : `/${spoilt}`;
  }

  #query(): string {
    const dice = this.#dice;
    const names = ["limit", "starting_after", "available", "page", ...WORDS];
    const one = () => `${inUrl(dice, dice.pick(names))}=${inUrl(dice, dice.pick(WORDS))}`;
    return Array.from({ length: dice.int(1, 3) }, one).join("&");
  }
}
