import type { HistoryWriter, StepInvoked } from "../history.ts";
import type { Tally } from "./counts.ts";
import type { Wish } from "./demand.ts";
import type { Answer, FrontDoor, Question } from "./front-door.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { TicketTold } from "./ticket.ts";

/** Where it is written down what was asked and told. */
type Chronicle = Pick<HistoryWriter, "append" | "nowMs">;

/** A checkout request: the same again is the same request. */
export interface Request {
  readonly saleId: string;
  readonly userId: string;
  readonly mode: "cart" | "purchase";
  /** Idempotency key; null: none. */
  readonly key: string | null;
  readonly wish: Wish;
}

/** A ticket in a shopper's hand. */
export interface Held {
  readonly checkoutId: string;
  readonly sealed: string;
  readonly saleId: string;
  readonly userId: string;
}

export interface Manners {
  readonly url: string;
  readonly patienceMs: number;
  readonly vanishAfterMs?: number;
  /** Seconds that the api is asked to hold a status back for the verdict. */
  readonly waitS?: number;
}

/** How each step is asked for. */
const STEPS = {
  add: { method: "POST", path: "/lines" },
  purchase: { method: "POST", path: "/purchase" },
  cancel: { method: "DELETE", path: "" },
} as const;

/** Where shoppers ask: each request goes through the front door, and into the history before and after. */
export class Desk {
  readonly #door: FrontDoor;
  readonly #history: Chronicle;
  readonly #tally: Tally;
  #ops = 0;

  constructor(parts: { readonly door: FrontDoor; readonly history: Chronicle; readonly tally: Tally }) {
    this.#door = parts.door;
    this.#history = parts.history;
    this.#tally = parts.tally;
  }

  async reserve({ saleId, userId, mode, key, wish }: Request, manners: Manners): Promise<Outcome> {
    const op = this.#nextOp();
    const atMs = this.#history.nowMs();
    const invoked = { kind: "invoke", call: "reserve", op, atMs, saleId, userId, mode, demand: wish.text } as const;
    this.#history.append(key === null ? invoked : { ...invoked, key });
    const outcome = await this.#ask(op, manners, {
      method: "POST",
      path: `/v1/sales/${saleId}/checkouts`,
      headers: {
        ...bodyOf(userId),
        ...(key === null ? {} : { "idempotency-key": key }),
        ...(manners.waitS === undefined ? {} : { prefer: `wait=${manners.waitS}` }),
      },
      body: JSON.stringify(mode === "cart" ? { items: wish.items, mode } : { items: wish.items }),
      ...manners,
    });
    // What nobody was there to read was not tried.
    if (outcome.kind !== "fail" || outcome.code !== "unsent") this.#tally.attempts += 1;
    if (outcome.kind === "ok") this.#tally.acknowledge(this.#history.nowMs() - atMs);
    return outcome;
  }

  async step(call: StepInvoked["call"], held: Held, wish: Wish | null, manners: Manners): Promise<Outcome> {
    const op = this.#nextOp();
    const { checkoutId, saleId, userId, sealed } = held;
    const { method, path } = STEPS[call];
    const invoked = { kind: "invoke", call, op, atMs: this.#history.nowMs(), saleId, userId, checkoutId } as const;
    this.#tally.steps += 1;
    this.#history.append(wish === null ? invoked : { ...invoked, demand: wish.text });
    return this.#ask(op, manners, {
      method,
      path: `/v1/tickets/${sealed}${path}`,
      headers: wish === null ? { "x-user-id": userId } : bodyOf(userId),
      ...(wish === null ? {} : { body: JSON.stringify({ items: wish.items }) }),
      ...manners,
    });
  }

  /** Reads a ticket; null where the api has no answer now. */
  async poll(
    { checkoutId, sealed }: Pick<Held, "checkoutId" | "sealed">,
    manners: Manners,
  ): Promise<TicketTold | null> {
    const askedAtMs = this.#history.nowMs();
    const prefer = manners.waitS === undefined ? {} : { headers: { prefer: `wait=${manners.waitS}` } };
    this.#tally.polls += 1;
    const answer = await this.#door.ask(manners.url, {
      method: "GET",
      path: `/v1/tickets/${sealed}`,
      ...prefer,
      ...manners,
    });
    const outcome = this.#judge(answer);
    if (outcome.kind !== "ok") return null;
    const { state } = outcome.ticket;
    this.#history.append({ kind: "observed", checkoutId, askedAtMs, atMs: this.#history.nowMs(), state });
    return outcome.ticket;
  }

  /** Looks at a sale, as a shopper's page does. */
  async look(saleId: string, manners: Manners): Promise<void> {
    await this.#door.ask(manners.url, { method: "GET", path: `/v1/sales/${saleId}`, ...manners });
  }

  async #ask(op: number, { url }: Manners, question: Question): Promise<Outcome> {
    const answer = await this.#door.ask(url, question);
    const outcome = this.#judge(answer);
    const atMs = this.#history.nowMs();
    if (outcome.kind === "ok") {
      const { checkoutId, epoch, state, lines } = outcome.ticket;
      this.#history.append({ kind: "ok", op, atMs, checkoutId, epoch, state, lines });
    } else if (outcome.kind === "fail") {
      this.#history.append({ kind: "fail", op, atMs, code: outcome.code });
    } else {
      const named = outcome.named ? { checkoutId: outcome.named.checkoutId } : {};
      this.#history.append({ kind: "info", op, atMs, code: outcome.code, ...named });
    }
    return outcome;
  }

  #judge(answer: Answer): Outcome {
    const outcome = outcomeOf(answer);
    if (outcome.kind !== "ok") this.#tally.turnedAway(outcome);
    if (answer.kind === "answer" && answer.status >= 500 && answer.status !== 503) {
      this.#tally.serverError(answer.status);
    }
    return outcome;
  }

  #nextOp(): number {
    this.#ops += 1;
    return this.#ops;
  }
}

function bodyOf(userId: string): Record<string, string> {
  return { "content-type": "application/json", "x-user-id": userId };
}
