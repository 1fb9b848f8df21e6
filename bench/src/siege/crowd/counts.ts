import type { FinalState, TicketState } from "../history.ts";
import type { Outcome } from "./outcome.ts";

/** What a crowd has asked and been told so far. */
export interface CrowdCounts {
  /** Checkout requests that reached an api, retries and repetitions included. */
  readonly attempts: number;
  /** Checkout requests answered with 202. */
  readonly acknowledged: number;
  /** Checkouts among them. */
  readonly checkouts: number;
  /** Steps on tickets: lines added, purchases, cancels. */
  readonly steps: number;
  readonly polls: number;
  /** Answers that refuse, and outcomes that nobody knows, by code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly unknown: Readonly<Record<string, number>>;
  /** Answers of the 5xx kind other than 503, by status. */
  readonly serverErrors: Readonly<Record<string, number>>;
  /** Tickets by the final state that was told. */
  readonly told: Readonly<Record<string, number>>;
  /** Acknowledged checkouts whose final state was not told yet. */
  readonly pending: number;
  /** From a checkout request to its 202, milliseconds. */
  readonly ackMsP50: number;
  readonly ackMsP99: number;
}

/** Longer ones share the last bucket; no client waits as long. */
const ACK_MS_MAX = 30_000;

/** Counts what a crowd is told, as it is told. */
export class Tally {
  attempts = 0;
  acknowledged = 0;
  checkouts = 0;
  steps = 0;
  polls = 0;
  readonly #refused = new Map<string, number>();
  readonly #unknown = new Map<string, number>();
  readonly #serverErrors = new Map<string, number>();
  readonly #told = new Map<string, number>();
  /** Acknowledgements by whole milliseconds taken. */
  readonly #ackMs = new Uint32Array(ACK_MS_MAX + 1);

  acknowledge(tookMs: number): void {
    this.acknowledged += 1;
    const bucket = Math.min(Math.max(0, Math.round(tookMs)), ACK_MS_MAX);
    this.#ackMs[bucket] = (this.#ackMs[bucket] ?? 0) + 1;
  }

  turnedAway(outcome: Exclude<Outcome, { kind: "ok" }>): void {
    count(outcome.kind === "fail" ? this.#refused : this.#unknown, outcome.code);
  }

  serverError(status: number): void {
    count(this.#serverErrors, String(status));
  }

  tell(state: FinalState): void {
    count(this.#told, state);
  }

  counts(pending: number): CrowdCounts {
    return {
      attempts: this.attempts,
      acknowledged: this.acknowledged,
      checkouts: this.checkouts,
      steps: this.steps,
      polls: this.polls,
      refused: Object.fromEntries(this.#refused),
      unknown: Object.fromEntries(this.#unknown),
      serverErrors: Object.fromEntries(this.#serverErrors),
      told: Object.fromEntries(this.#told),
      pending,
      ackMsP50: this.#ackMsOf(0.5),
      ackMsP99: this.#ackMsOf(0.99),
    };
  }

  /** The milliseconds within which `share` (0 to 1) of the acknowledgements came; 0 where there was none. */
  #ackMsOf(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.acknowledged));
    let seen = 0;
    const bucket = this.#ackMs.findIndex((times) => {
      seen += times;
      return seen >= rank;
    });
    return Math.max(0, bucket);
  }
}

/** The value that `share` (0 to 1) of the sorted values do not exceed; 0 where there are none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Whether a state never changes any more. */
export function isFinal(state: TicketState): state is FinalState {
  return state !== "reserved" && state !== "queued";
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
