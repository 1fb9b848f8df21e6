import { cancelCheckout } from "../../application/commands/cancel-checkout.ts";
import { purchaseCart } from "../../application/commands/purchase-cart.ts";
import { type ReserveCommand, reserveCheckout } from "../../application/commands/reserve-checkout.ts";
import { readTicket } from "../../application/queries/read-ticket.ts";
import type { Hold } from "../../domain/checkout.ts";
import type { Demand, Line } from "../../domain/lines.ts";
import type { Ticket } from "../../domain/ticket.ts";
import { anyProcess, play } from "./cast.ts";
import type { World } from "./world.ts";

const USERS = 4;
const SHARED_KEYS = 2;
const REMEMBERED = 12;
const ONE_OF_ANY: Demand = { lines: [], any: 1 };

/** The clients: what they ask for, and what they remember of the answers. Everything they are told is checked. */
export class Shoppers {
  readonly #world: World;
  readonly #tickets: Ticket[] = [];
  readonly #carts: Ticket[] = [];
  readonly #asked: ReserveCommand[] = [];
  /** What was asked for under a key, by the checkout that came of it. */
  readonly #keyed = new Map<string, ReserveCommand>();
  /** Keyed requests whose checkout was cancelled: worth repeating, since they must not make another. */
  readonly #given: ReserveCommand[] = [];
  #serial = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Somebody does something. */
  async act(): Promise<void> {
    const { random, temper } = this.#world;
    if (this.#carts.length > 0 && random.chance(0.45)) {
      const cart = this.#oneOf(this.#carts);
      return random.chance(0.35) ? this.#addLines(cart) : this.#purchase(cart);
    }
    if (this.#tickets.length > 0 && random.chance(temper.cancels)) return this.#cancel(this.#oneOf(this.#tickets));
    if (this.#given.length > 0 && random.chance(0.15)) return this.reserve(random.pick(this.#given));
    if (this.#asked.length > 0 && random.chance(0.12)) return this.reserve(random.pick(this.#asked));
    return this.reserve(this.#command(this.#sale()));
  }

  /** Somebody buys a cart. */
  async buy(): Promise<void> {
    if (this.#carts.length > 0) await this.#purchase(this.#oneOf(this.#carts));
  }

  /** Somebody asks what became of a checkout. */
  async poll(): Promise<void> {
    if (this.#tickets.length > 0) await this.pollTicket(this.#world.random.pick(this.#tickets));
  }

  /** Everything that anybody could ask for. */
  get tickets(): readonly Ticket[] {
    return this.#tickets;
  }

  async reserve(command: ReserveCommand): Promise<void> {
    const world = this.#world;
    this.#remember(this.#asked, command);
    const { saleId, userId } = command;
    const process = anyProcess(world, "api");
    await play(world, `reserve by ${userId}`, process, async (parts) => {
      const outcome = await reserveCheckout(parts, command);
      if (outcome.kind !== "accepted" && outcome.kind !== "outcome_unknown") return;
      const { checkoutId, epoch } = outcome;
      const hold = outcome.kind === "accepted" ? outcome.hold : null;
      await parts.answered();
      const lines = hold?.lines ?? [];
      const ticket = { checkoutId, saleId, epoch, userId, reservedAtMs: process.clock.nowMs(), lines };
      this.#keep(this.#tickets, ticket);
      if (command.key !== "") this.#keyed.set(checkoutId, command);
      if (outcome.kind === "accepted") this.#acknowledge(ticket, hold);
    });
  }

  async pollTicket(ticket: Ticket): Promise<void> {
    const world = this.#world;
    const askedAt = world.step;
    const { checkoutId } = ticket;
    await play(world, `poll ${checkoutId}`, anyProcess(world, "api"), async (parts) => {
      const status = await readTicket(parts.ledger, ticket);
      world.count(`poll ${status.kind}`);
      if (status.kind === "unknown_sale") throw new Error(`${ticket.saleId} is unknown`);
      const verdict = status.kind === "decided" ? status.verdict : null;
      world.witness.promises.told(checkoutId, verdict, askedAt, world.step);
    });
  }

  async cancel(ticket: Ticket): Promise<void> {
    await this.#cancel(ticket);
  }

  async #cancel(ticket: Ticket): Promise<void> {
    const world = this.#world;
    const { checkoutId } = ticket;
    world.witness.promises.cancelled(checkoutId);
    const asked = this.#keyed.get(checkoutId);
    if (asked) this.#remember(this.#given, asked);
    await play(world, `cancel ${checkoutId}`, anyProcess(world, "api"), async (parts) => {
      const outcome = await cancelCheckout(parts, ticket);
      if (outcome.kind === "unknown_sale") throw new Error(`${ticket.saleId} is unknown`);
      world.witness.promises.told(checkoutId, outcome.judged.verdict, world.step, world.step);
    });
  }

  async #addLines(cart: Ticket): Promise<void> {
    const world = this.#world;
    const { saleId, checkoutId, userId } = cart;
    const demand = world.random.chance(0.7) ? ONE_OF_ANY : this.#demand(saleId);
    await play(world, `add to ${checkoutId}`, anyProcess(world, "api"), async ({ admission, answered }) => {
      const reply = await admission.addLines({ saleId, checkoutId, userId, demand });
      if (reply.kind !== "held") return this.#forget(cart, reply.kind);
      await answered();
      this.#acknowledge(cart, reply.hold);
    });
  }

  async #purchase(cart: Ticket): Promise<void> {
    const world = this.#world;
    const { saleId, checkoutId, userId } = cart;
    await play(world, `purchase ${checkoutId}`, anyProcess(world, "api"), async (parts) => {
      const reply = await purchaseCart(parts, { saleId, checkoutId, userId });
      if (reply.kind !== "submitted") return this.#forget(cart, reply.kind);
      await parts.answered();
      this.#acknowledge(cart, reply.hold);
    });
  }

  /** Mostly one that the gate still holds: who comes too late learns little. */
  #oneOf(tickets: readonly Ticket[]): Ticket {
    const { random } = this.#world;
    const live = tickets.filter((one) => this.#isHeld(one));
    return random.pick(live.length > 0 && random.chance(0.8) ? live : tickets);
  }

  /** Whether the gate of the counting opening holds it. */
  #isHeld({ saleId, checkoutId }: Ticket): boolean {
    const { ledger, cluster } = this.#world;
    const openings = cluster.primary.server.sales.get(saleId)?.openings;
    return openings?.get(ledger.book(saleId)?.sale.openEpoch ?? 0)?.holds.has(checkoutId) ?? false;
  }

  /** A cart that is no more is seldom asked for again. */
  #forget(cart: Ticket, reply: string): void {
    const isOver = reply === "expired" || reply === "not_found" || reply === "not_a_cart";
    if (isOver && this.#world.random.chance(0.8)) this.#drop(cart.checkoutId);
  }

  #drop(checkoutId: string): void {
    const at = this.#carts.findIndex((cart) => cart.checkoutId === checkoutId);
    if (at >= 0) this.#carts.splice(at, 1);
  }

  #acknowledge(ticket: Ticket, hold: Hold | null): void {
    this.#world.count("acknowledged");
    this.#world.witness.promises.acknowledged(ticket.checkoutId, hold);
    const known = this.#carts.some((cart) => cart.checkoutId === ticket.checkoutId);
    if (hold?.mode === "cart" && !known) this.#remember(this.#carts, ticket);
    if (hold?.mode === "submitted" && this.#world.random.chance(0.7)) this.#drop(ticket.checkoutId);
  }

  /** Mostly one that sells: who comes too early or too late, or while a gate is shut, learns little. */
  #sale(): string {
    const { random, saleIds, ledger, cluster } = this.#world;
    const selling = saleIds.filter((saleId) => {
      const { opensAtMs = 0, closesAtMs = 0 } = ledger.book(saleId)?.sale ?? {};
      return cluster.nowMs >= opensAtMs && cluster.nowMs < closesAtMs && cluster.primary.lease(saleId) !== null;
    });
    return random.pick(selling.length > 0 && random.chance(0.85) ? selling : saleIds);
  }

  #command(saleId: string): ReserveCommand {
    const { random, temper } = this.#world;
    this.#serial += 1;
    return {
      saleId,
      userId: `u${random.int(1, USERS)}`,
      mode: random.chance(temper.cartShare) ? "cart" : "submitted",
      demand: this.#demand(saleId),
      key: random.chance(temper.keyShare) ? this.#key() : "",
      fingerprint: random.chance(0.9) ? "f" : "g",
    };
  }

  #key(): string {
    const { random } = this.#world;
    return random.chance(0.6) ? `k${random.int(1, SHARED_KEYS)}` : `own${this.#serial}`;
  }

  #demand(saleId: string): Demand {
    const { random, ledger } = this.#world;
    const book = ledger.book(saleId);
    const items = [...(book?.items.keys() ?? [])];
    const limit = Math.min(3, book?.sale.limitPerUser ?? 1);
    if (items.length === 0 || random.chance(0.4)) return { lines: [], any: random.int(1, limit) };
    const lines: Line[] = [{ itemId: random.pick(items), quantity: 1 }];
    if (limit > 1 && random.chance(0.5)) lines.push({ itemId: random.pick(items), quantity: 1 });
    return { lines, any: limit > lines.length && random.chance(0.15) ? 1 : 0 };
  }

  #keep(list: Ticket[], ticket: Ticket): void {
    if (!list.some(({ checkoutId, epoch }) => checkoutId === ticket.checkoutId && epoch === ticket.epoch)) {
      list.push(ticket);
    }
  }

  #remember<Item>(list: Item[], item: Item): void {
    list.push(item);
    if (list.length > REMEMBERED) list.shift();
  }
}
