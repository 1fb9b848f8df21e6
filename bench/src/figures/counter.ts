import { FrontDoor, type Question } from "../siege/crowd/front-door.ts";

/** Longest that an answer may take; the api holds one back for up to 30 s. */
const PATIENCE_MS = 35_000;
const WAIT = { prefer: "wait=30" };
/** Answers after which the same is asked again. */
const OPEN_STATUSES = new Set(["queued", "reserved"]);

/** A verdict as its shopper saw it. Times in milliseconds of the clock on the wall, which api, Postgres and we share. */
export interface Seen {
  readonly status: string;
  readonly decidedAtMs: number;
  readonly seenAtMs: number;
}

/** Now, finer than a millisecond. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Where shoppers of one sale ask. Every answer is the expected one, or an error: whoever measures has nothing to say of
 * a run in which requests failed.
 */
export class Counter {
  readonly #door = new FrontDoor();
  readonly #url: string;
  readonly #saleId: string;

  constructor(url: string, saleId: string) {
    this.#url = url;
    this.#saleId = saleId;
  }

  /** One unit of anything for this shopper; returns the ticket. */
  async reserve(userId: string, mode: "cart" | "purchase"): Promise<string> {
    const body = JSON.stringify({ mode, items: [{ item_id: "any", quantity: 1 }] });
    const headers = { "content-type": "application/json", "x-user-id": userId };
    const path = `/v1/sales/${this.#saleId}/checkouts`;
    return (await this.#ask({ method: "POST", path, headers, body, patienceMs: PATIENCE_MS }, 202)).ticket;
  }

  async purchase(userId: string, ticket: string): Promise<void> {
    const path = `/v1/tickets/${ticket}/purchase`;
    await this.#ask({ method: "POST", path, headers: { "x-user-id": userId }, patienceMs: PATIENCE_MS }, 202);
  }

  /** Asks to be told when it is decided, and again when that takes longer than the api waits. */
  async verdict(ticket: string): Promise<Seen> {
    for (;;) {
      const path = `/v1/tickets/${ticket}`;
      const told = await this.#ask({ method: "GET", path, headers: WAIT, patienceMs: PATIENCE_MS }, 200);
      if (!OPEN_STATUSES.has(told.status)) return seenOf(told);
    }
  }

  async close(): Promise<void> {
    await this.#door.close();
  }

  async #ask(question: Question, wanted: number): Promise<Told> {
    const answer = await this.#door.ask(this.#url, question);
    const seenAtMs = nowMs();
    if (answer.kind === "answer" && answer.status === wanted) return { ...JSON.parse(answer.body), seenAtMs };
    const what = answer.kind === "answer" ? `${answer.status} ${answer.body.slice(0, 300)}` : answer.why;
    throw new Error(`${question.method} ${question.path.slice(0, 60)} was answered: ${what}`);
  }
}

/** What is read of a ticket. */
interface Told {
  readonly ticket: string;
  readonly status: string;
  readonly decided_at?: string;
  readonly seenAtMs: number;
}

/** Of a ticket that is decided. */
export function seenOf({ status, decided_at = "", seenAtMs }: Omit<Told, "ticket">): Seen {
  return { status, decidedAtMs: Date.parse(decided_at), seenAtMs };
}
