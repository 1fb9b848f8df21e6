import type { SiegeSale } from "../history.ts";
import { cancel, planCart } from "./cart-errands.ts";
import { wishFor } from "./demand.ts";
import type { Request } from "./desk.ts";
import { asking, type Floor, follow, mannersOf, patient } from "./floor.ts";
import type { Outcome } from "./outcome.ts";
import type { TicketTold } from "./ticket.ts";
import type { OpenTicket } from "./ticket-book.ts";

/** What a free shopper does next, and how often. */
const ERRANDS = { buy: 90, twins: 3, repeat: 3.5, alter: 2, look: 1.5 };
/** What becomes of a submitted checkout; `forget`: its shopper comes back a minute later. */
const FATES = { ask: 88, cancel: 5, regret: 4, forget: 3 };
const FATE_MS = { ask: [300, 3_000], cancel: [0, 50], regret: [500, 8_000], forget: [20_000, 60_000] } as const;

const CARTS = 0.25;
const KEYED = 0.85;
/** Users there are for each one that a sale can serve to the limit; few of them come often, and meet their limit. */
const USERS_PER_LIMIT = 3;
const REGULARS = 0.03;
const REGULAR_USERS = 8;

const TRIES_MAX = 6;
/** Requests kept to be sent again later. */
const RECENT_MAX = 4_000;
const COME_BACK = new Set(["gate_shut", "backlog_full", "sale_paused", "rate_limited", "unsent"]);
/** Where the answer does not say when to come back. */
const RETRY_MS = 500;
/** A shopper's rest after being turned away, by how much there is to wait for. */
const REST_MS = { shut: 400, soldOut: 120, other: 10 };
/** How long a sale said to be sold out is left alone by most. */
const SOLD_OUT_MS_MAX = 1_500;
const HOPEFUL = 0.15;

/** Checkouts: made, made twice, made again, and followed to their end. */
export class CheckoutErrands {
  readonly #floor: Floor;
  readonly #recent: Request[] = [];
  readonly #soldOutUntilMs = new Map<string, number>();
  #requests = 0;

  constructor(floor: Floor) {
    this.#floor = floor;
  }

  /** Something new to do. Resolves to the rest after it, in milliseconds. */
  async next(): Promise<number> {
    const { dice, desk } = this.#floor;
    const sale = this.#saleToShop();
    if (!sale) return dice.between(20, 100);
    const errand = dice.weighted(ERRANDS);
    const old = errand === "repeat" || errand === "alter" ? this.#oldRequest() : null;
    switch (errand) {
      case "look":
        await desk.look(sale.id, patient(this.#floor));
        return 0;
      case "twins":
        return this.#sendTwice(this.#requestFor(sale, true));
      case "repeat":
        return old ? this.#send(old) : 0;
      case "alter":
        return old ? this.#send({ ...old, wish: wishFor(dice, sale) }) : 0;
      case "buy":
        return this.#send(this.#requestFor(sale, dice.chance(KEYED)));
    }
  }

  #saleToShop(): SiegeSale | null {
    const { dice, history, sales } = this.#floor;
    const nowMs = history.nowMs();
    const running = sales().filter((sale) => sale.opensAtMs <= nowMs && nowMs < sale.closesAtMs);
    const stocked = running.filter((sale) => (this.#soldOutUntilMs.get(sale.id) ?? 0) <= nowMs);
    if (stocked.length > 0 && !dice.chance(HOPEFUL / 10)) return dice.pick(stocked);
    return running.length > 0 && dice.chance(HOPEFUL) ? dice.pick(running) : null;
  }

  #requestFor(sale: SiegeSale, keyed: boolean): Request {
    const { dice } = this.#floor;
    this.#requests += 1;
    const users = Math.ceil(sale.units / sale.limitPerUser) * USERS_PER_LIMIT;
    const user = dice.chance(REGULARS) ? dice.below(REGULAR_USERS) : dice.below(users);
    return {
      saleId: sale.id,
      userId: `shopper-${user}`,
      mode: dice.chance(CARTS) ? "cart" : "purchase",
      key: keyed ? `key-${this.#requests}` : null,
      wish: wishFor(dice, sale),
    };
  }

  #oldRequest(): Request | null {
    return this.#recent.length > 0 ? this.#floor.dice.pick(this.#recent) : null;
  }

  async #send(request: Request, tries = 1): Promise<number> {
    const outcome = await this.#floor.desk.reserve(request, mannersOf(this.#floor));
    return this.#heed(request, outcome, tries);
  }

  async #sendTwice(request: Request): Promise<number> {
    const rests = await Promise.all([this.#send(request), this.#send(request)]);
    return Math.max(...rests);
  }

  #heed(request: Request, outcome: Outcome, tries: number): number {
    const { dice, history, book } = this.#floor;
    const nowMs = history.nowMs();
    if (outcome.kind === "ok") {
      this.#remember(request);
      this.#take(outcome.ticket, request);
      return 0;
    }
    const waitMs = outcome.retryAfterMs ?? RETRY_MS;
    const comesBack = outcome.kind === "info" ? request.key !== null : COME_BACK.has(outcome.code);
    if (comesBack && tries < TRIES_MAX && dice.chance(0.85)) {
      // Retry-After, loosely: shoppers are not patient.
      this.#floor.agenda.add(nowMs + waitMs * dice.between(0.2, 1.3), () => this.#send(request, tries + 1));
    }
    if (outcome.kind === "info") {
      const { saleId, userId } = request;
      const named = outcome.named && book.hearOf({ ...outcome.named, saleId, userId });
      if (named) follow(this.#floor, named, nowMs + dice.between(300, 3_000));
      return 0;
    }
    return this.#restAfter(outcome.code, request, nowMs);
  }

  #restAfter(code: string, { saleId }: Request, nowMs: number): number {
    const { dice } = this.#floor;
    if (code === "sold_out") {
      this.#soldOutUntilMs.set(saleId, nowMs + dice.between(200, SOLD_OUT_MS_MAX));
      return dice.between(0, 2 * REST_MS.soldOut);
    }
    return dice.between(0, 2 * (COME_BACK.has(code) ? REST_MS.shut : REST_MS.other));
  }

  #remember(request: Request): void {
    if (request.key === null) return;
    if (this.#recent.length < RECENT_MAX) this.#recent.push(request);
    else this.#recent[this.#floor.dice.below(RECENT_MAX)] = request;
  }

  #take(told: TicketTold, { saleId, userId }: Request): void {
    const ticket = this.#floor.book.accept(told, saleId, userId);
    if (!ticket) return;
    if (ticket.cartUntilMs === null) this.#planSubmitted(ticket);
    else planCart(this.#floor, ticket);
  }

  #planSubmitted(ticket: OpenTicket): void {
    const { agenda, dice, history } = this.#floor;
    const fate = dice.weighted(FATES);
    const [fromMs, toMs] = FATE_MS[fate];
    const chore =
      fate === "cancel" || fate === "regret" ? () => cancel(this.#floor, ticket) : asking(this.#floor, ticket);
    agenda.add(history.nowMs() + dice.between(fromMs, toMs), chore);
  }
}
