import { FlashgateError, isDecided, type Ticket } from "@flashgate/client";
import { spanText } from "../design/figures.ts";
import { type Attempt, decidedAfterMs, isOver, type Refusal, stageOf } from "./attempt.ts";
import type { AttemptStore } from "./attempt-store.ts";
import type { Clock } from "./clock.ts";
import { attempts, cancelling, retries, sale, spoken } from "./shop-window.ts";
import type { Shop } from "./shopper.ts";
import { pauseUntilOnline } from "./waiting.ts";
import { refusalWords, rejectWords, waitWords } from "./words.ts";

const HINT_MS = 1_000;
const SPAN_MS_MAX = 8_000;

export interface BuyerParts {
  readonly shop: Shop;
  readonly store: AttemptStore;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly uniqueId: () => string;
}

/** Makes attempts and sees each through to its end: a refusal or a verdict. */
export class Buyer {
  readonly #parts: BuyerParts;
  /** Attempts that this page sees through, each with what ends that. */
  readonly #pursued = new Map<string, AbortController>();

  constructor(parts: BuyerParts) {
    this.#parts = parts;
  }

  /** Buys one unit of an item, or of `any`. Does nothing while the last attempt on the same waits for its first answer. */
  buy(itemId: string, itemName: string | null): void {
    const on = sale.peek();
    if (!on || attempts.peek().some((other) => other.itemId === itemId && stageOf(other) === "asking")) return;
    for (const { key } of attempts.peek().filter((other) => stageOf(other) === "refused")) this.dismiss(key);
    const attempt: Attempt = {
      key: this.#parts.uniqueId(),
      saleId: on.id,
      itemId,
      itemName,
      clickedMs: this.#parts.clock.wallMs(),
      ticket: null,
      reservedAfterMs: null,
      refusal: null,
    };
    this.#parts.store.put(attempt);
    attempts.value = [attempt, ...attempts.peek()];
    void this.#pursue(attempt.key);
  }

  /** Gives back what is reserved; where it was sold meanwhile, it stays so. */
  async cancel(key: string): Promise<void> {
    const ticket = this.#find(key)?.ticket;
    if (!ticket || cancelling.peek().has(key)) return;
    cancelling.value = new Set([...cancelling.peek(), key]);
    try {
      this.#see(key, await this.#parts.shop.reader.tickets.cancel(ticket));
    } catch (error) {
      spoken.value = isCode(error, "already_confirmed") ? "Too late: it is yours." : "It could not be cancelled.";
    } finally {
      cancelling.value = new Set([...cancelling.peek()].filter((other) => other !== key));
    }
  }

  /** Takes an attempt off the page: one that is over, or that nothing was done of yet. */
  dismiss(key: string): void {
    this.#pursued.get(key)?.abort();
    this.#parts.store.forget(key);
    attempts.value = attempts.peek().filter((attempt) => attempt.key !== key);
  }

  /** Takes up what this browser kept of the page before a refresh. */
  resume(): void {
    this.#load((attempt) => !isOver(attempt));
  }

  /** Takes over what another tab did. What has no ticket yet is that tab's to ask for. */
  adopt(): void {
    this.#load((attempt) => attempt.ticket !== null && !isOver(attempt));
  }

  #load(mayPursue: (attempt: Attempt) => boolean): void {
    attempts.value = this.#parts.store.all(this.#parts.clock.wallMs());
    for (const attempt of attempts.peek()) {
      if (mayPursue(attempt)) void this.#pursue(attempt.key);
      else void this.#name(attempt);
    }
  }

  async #pursue(key: string): Promise<void> {
    if (this.#pursued.has(key)) return;
    const ending = new AbortController();
    this.#pursued.set(key, ending);
    try {
      for (let failures = 1; !ending.signal.aborted; failures += 1) {
        const error = await this.#step(key, ending.signal);
        if (!error) return;
        await this.#wait(key, error, failures, ending.signal);
      }
    } catch (error) {
      if (!ending.signal.aborted) throw error;
    } finally {
      this.#pursued.delete(key);
      this.#retry(key, null);
    }
  }

  /** Asks for a ticket where there is none, then follows it. An error is one to be tried again after. */
  async #step(key: string, signal: AbortSignal): Promise<FlashgateError | null> {
    const attempt = this.#find(key);
    if (!attempt) return null;
    try {
      const ticket = attempt.ticket ?? (await this.#ask(attempt, signal));
      for await (const view of this.#parts.shop.reader.tickets.watch(ticket, { signal })) {
        this.#see(key, view);
        if (isDecided(view)) break;
      }
      return null;
    } catch (error) {
      if (!(error instanceof FlashgateError)) throw error;
      if (error.retryable) return error;
      const unitsLeft = error.problem?.units_left ?? null;
      this.#refuse(key, { code: error.code, unitsLeft, signedIn: this.#parts.shop.signedIn() });
      return null;
    }
  }

  async #ask({ key, itemId, saleId, clickedMs }: Attempt, signal: AbortSignal): Promise<Ticket> {
    const { shop, clock } = this.#parts;
    const wanted = { items: [{ item_id: itemId, quantity: 1 }] };
    const ticket = await shop.buyer.checkouts.create(wanted, { sale: saleId, idempotencyKey: key, signal });
    this.#retry(key, null);
    this.#change(key, { reservedAfterMs: Math.max(0, clock.wallMs() - clickedMs) });
    if (!isDecided(ticket)) spoken.value = "Reserved. Waiting for the confirmation.";
    this.#see(key, ticket);
    return ticket;
  }

  async #wait(key: string, error: FlashgateError, failures: number, signal: AbortSignal): Promise<void> {
    const spanMs = Math.min(SPAN_MS_MAX, HINT_MS * 2 ** (failures - 1));
    const waitMs = (error.retryAfterMs ?? HINT_MS) + this.#parts.random() * spanMs;
    this.#retry(key, { code: error.code, atMs: this.#parts.clock.steadyMs() + waitMs });
    spoken.value = `${waitWords(error.code).title}. Trying again.`;
    await pauseUntilOnline(waitMs, signal);
  }

  #see(key: string, ticket: Ticket): void {
    const before = this.#find(key);
    if (!before || (before.ticket && isDecided(before.ticket))) return;
    this.#retry(key, null);
    const attempt = this.#change(key, { ticket });
    if (!attempt || !isDecided(ticket)) return;
    spoken.value = verdictText(attempt);
    void this.#name(attempt);
  }

  /** Whoever asked for anything learns from the order what it was. */
  async #name({ key, itemName, ticket }: Attempt): Promise<void> {
    if (itemName !== null || ticket?.order_id === undefined) return;
    const order = await this.#parts.shop.reader.orders.get(ticket.order_id).catch(() => null);
    const [line] = order?.items ?? [];
    if (!line) return;
    this.#change(key, { itemName: line.name });
    spoken.value = `It is ${line.name}.`;
  }

  #refuse(key: string, refusal: Refusal): void {
    this.#retry(key, null);
    this.#change(key, { refusal });
    const { title, detail } = refusalWords(refusal, sale.peek()?.limits.units_per_user ?? 0);
    spoken.value = `${title}. ${detail}`;
  }

  #change(key: string, change: Partial<Attempt>): Attempt | undefined {
    attempts.value = attempts.peek().map((attempt) => (attempt.key === key ? { ...attempt, ...change } : attempt));
    const changed = this.#find(key);
    if (changed) this.#parts.store.put(changed);
    return changed;
  }

  #retry(key: string, retry: { code: FlashgateError["code"]; atMs: number } | null): void {
    const next = new Map(retries.peek());
    if (retry) next.set(key, retry);
    else if (!next.delete(key)) return;
    retries.value = next;
  }

  #find(key: string): Attempt | undefined {
    return attempts.peek().find((attempt) => attempt.key === key);
  }
}

function isCode(error: unknown, code: FlashgateError["code"]): boolean {
  return error instanceof FlashgateError && error.code === code;
}

function verdictText(attempt: Attempt): string {
  const tookMs = decidedAfterMs(attempt);
  switch (attempt.ticket?.status) {
    case "confirmed":
      return `Confirmed${tookMs === null ? "" : ` after ${spanText(tookMs)}`}. It is yours.`;
    case "cancelled":
      return "Cancelled. The unit went back on sale.";
    case "expired":
      return "It took too long, and the unit went back on sale.";
    default:
      return rejectWords(attempt.ticket?.code).title;
  }
}
