import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { HistoryWriter, SiegeSale } from "../history.ts";
import { Agenda } from "./agenda.ts";
import { CheckoutErrands } from "./checkout-errands.ts";
import { type CrowdCounts, Tally } from "./counts.ts";
import { Desk } from "./desk.ts";
import { Dice } from "./dice.ts";
import type { Floor } from "./floor.ts";
import { FrontDoor } from "./front-door.ts";
import { sellOut } from "./rush.ts";
import { type SettleReport, settle } from "./settling.ts";
import { TicketBook } from "./ticket-book.ts";

export interface CrowdParts {
  /** Where the apis listen, asked anew for each request. */
  readonly apiUrls: () => readonly string[];
  /** The sales there are, asked anew for each errand; over ones may stay in the list. */
  readonly sales: () => readonly SiegeSale[];
  readonly history: HistoryWriter;
  readonly seed: number;
  /** Shoppers at once; each waits for its answer before it goes on (a closed loop). */
  readonly shoppers: number;
}

/** After this many errands a shopper gives the disk and the other shoppers a turn. */
const ERRANDS_PER_TURN = 8;

/**
 * A crowd of shoppers who check out, fill carts, hang up, try again, change their minds and ask again, and write down all
 * of it. The seed decides what they want; when they want it depends on when they are answered.
 */
export class Crowd {
  readonly #floor: Floor;
  readonly #errands: CheckoutErrands;
  readonly #door = new FrontDoor();
  readonly #tally = new Tally();
  readonly #shoppers: number;
  readonly #stopping = new AbortController();
  #shopping: Promise<unknown> = Promise.resolve();

  constructor({ apiUrls, sales, history, seed, shoppers }: CrowdParts) {
    const desk = new Desk({ door: this.#door, history, tally: this.#tally });
    const [agenda, book, dice] = [new Agenda(), new TicketBook(this.#tally), new Dice(seed)];
    const reachable = () => this.#door.reachable(apiUrls());
    this.#floor = { desk, agenda, book, dice, history, apiUrls: reachable, sales };
    this.#errands = new CheckoutErrands(this.#floor);
    this.#shoppers = shoppers;
  }

  start(): void {
    // each resting shopper listens
    setMaxListeners(0, this.#stopping.signal);
    this.#shopping = Promise.all(Array.from({ length: this.#shoppers }, () => this.#shop()));
    // Told by `stop`.
    this.#shopping.catch(() => undefined);
  }

  counts(): CrowdCounts {
    return this.#tally.counts(this.#floor.book.pending);
  }

  /** Sends everybody home; resolves when the last answer under way has come. Rejects when the history cannot be written. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#shopping;
    this.#floor.agenda.clear();
  }

  /** After `stop`, in a healthy system: buys what is left of every sale that runs, until it closes or `untilMs`. */
  sellOut(untilMs: number): Promise<void> {
    return sellOut(this.#floor, untilMs);
  }

  /**
   * After `stop`: asks for every ticket until all have ended, or until `deadlineMs` by the history's clock. `healedAtMs`:
   * from when on the time that tickets take counts; now where it is not given.
   */
  settle(deadlineMs: number, healedAtMs = this.#floor.history.nowMs()): Promise<SettleReport> {
    return settle(this.#floor, { deadlineMs, healedAtMs, askers: this.#shoppers });
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#door.close();
  }

  async #shop(): Promise<void> {
    const { agenda, dice, history } = this.#floor;
    const { signal } = this.#stopping;
    for (let errands = dice.below(ERRANDS_PER_TURN); !signal.aborted; errands += 1) {
      const chore = agenda.take(history.nowMs()) ?? (() => this.#errands.next());
      const restMs = await chore();
      if (errands % ERRANDS_PER_TURN === 0) await history.room();
      if (restMs > 0) await delay(restMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
