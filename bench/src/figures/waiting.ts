import { setTimeout as pause } from "node:timers/promises";
import { Stage } from "../deployment/stage.ts";
import { signal } from "../fleet/signals.ts";
import { Counter, type Seen } from "./counter.ts";
import type { Figure, Reading, Row, Settings } from "./figure.ts";
import { atRate, eachOf } from "./pace.ts";
import { spreadOf } from "./spread.ts";

/** What is promised of a verdict that somebody waits for. */
const LAG_MS_BELOW = 20;
const CARTS_AT_ONCE = 64;
/** How long everybody has to arrive at the api and wait. */
const ARRIVE_MS = 1_000;

/**
 * How long after its commit a verdict is with the shopper who waits for it. A verdict's moment is taken inside its
 * transaction, a little before the commit, so that the figures are upper bounds.
 */
export const waiting: Figure = {
  name: "waiting",
  about: "long-polls: commit to verdict, for orders and carts while many wait, and for all of them at once",
  measure,
};

async function measure(settings: Settings): Promise<Reading> {
  const stage = await Stage.set({ ROTATION: "off" });
  try {
    const { waiting: crowd, verdicts } = settings;
    const saleId = await stage.newSale(2 * crowd + 2 * verdicts);
    const counter = new Counter(stage.url, saleId);
    try {
      const line = new Line(counter);
      await line.fill(crowd);
      await pause(ARRIVE_MS);
      const orders = await ordersDecided(counter, settings);
      const carts = await cartsDecided(line, settings);
      const together = await decidedTogether(counter, stage.pidOf("worker"), crowd);
      const held = `${crowd} wait`;
      const seen = [...orders, ...carts, ...together];
      const complaint = await stage.audit(saleId);
      return {
        rows: [
          rowOf(`an order, asked for after its 202; ${held}`, orders, true),
          rowOf(`a cart, asked for before it is bought; ${held}`, carts, true),
          rowOf(`${crowd} orders that a halted worker left waiting, decided at once`, together, false),
        ],
        faults: [
          ...seen.filter(({ status }) => status !== "confirmed").map(({ status }) => `a checkout ended ${status}`),
          ...(complaint === null ? [] : [complaint]),
        ],
        ...stage.versions,
      };
    } finally {
      await counter.close();
    }
  } finally {
    await stage.strike();
  }
}

function rowOf(what: string, seen: readonly Seen[], isPromised: boolean): Row {
  const spread = spreadOf(seen.map(({ seenAtMs, decidedAtMs }) => seenAtMs - decidedAtMs));
  const values = { ...spread };
  return { what, unit: "ms", values, ...(isPromised ? { bound: { of: "p99", below: LAG_MS_BELOW } } : {}) };
}

interface Place {
  readonly userId: string;
  readonly ticket: string;
  readonly verdict: Promise<Seen>;
}

/** Shoppers with a cart who wait for its verdict, first come first served. */
class Line {
  readonly #counter: Counter;
  readonly #places: Place[] = [];
  #came = 0;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  async fill(count: number): Promise<void> {
    await eachOf(count, CARTS_AT_ONCE, () => this.#join());
  }

  /** Buys the cart of whoever is first, while another one joins. */
  async serve(): Promise<Seen> {
    const first = this.#places.shift();
    if (!first) throw new Error("nobody waits: the rate is too high for so few");
    const joined = this.#join();
    await this.#counter.purchase(first.userId, first.ticket);
    await joined;
    return first.verdict;
  }

  async #join(): Promise<void> {
    const userId = `cart-${this.#came++}`;
    const ticket = await this.#counter.reserve(userId, "cart");
    const verdict = this.#counter.verdict(ticket);
    // who still waits at the end is turned away with everybody
    verdict.catch(() => undefined);
    this.#places.push({ userId, ticket, verdict });
  }
}

function cartsDecided(line: Line, { verdicts, ratePerS }: Settings): Promise<Seen[]> {
  return atRate(verdicts, ratePerS, () => line.serve());
}

function ordersDecided(counter: Counter, { verdicts, ratePerS }: Settings): Promise<Seen[]> {
  return atRate(verdicts, ratePerS, async (index) =>
    counter.verdict(await counter.reserve(`order-${index}`, "purchase")),
  );
}

/** The worker halts until so many wait, and then has all of them before it. */
async function decidedTogether(counter: Counter, workerPid: number, count: number): Promise<Seen[]> {
  signal(workerPid, "SIGSTOP");
  const verdicts: Promise<Seen>[] = [];
  try {
    await eachOf(count, CARTS_AT_ONCE, async (index) => {
      const verdict = counter.verdict(await counter.reserve(`together-${index}`, "purchase"));
      verdict.catch(() => undefined);
      verdicts.push(verdict);
    });
    await pause(ARRIVE_MS);
  } finally {
    signal(workerPid, "SIGCONT");
  }
  return Promise.all(verdicts);
}
