import type { Hold } from "../../domain/checkout.ts";
import type { DeadLetter } from "../../domain/dead-letter.ts";

/** Checkouts that failed to be judged, written down where nothing is lost with Redis. Outages throw. */
export interface DeadLetterLedger {
  /** Counts a failed try; from the `TRIES_MAX`-th on the checkout is a dead letter. */
  recordFailure(failure: SettleFailure): Promise<FailedTry>;
  /** Those of these checkouts that are dead letters. */
  deadAmong(saleId: string, checkoutIds: readonly string[]): Promise<string[]>;
  /** Lets dead letters be tried again: they are none until a further try fails. */
  revive(saleId: string, checkoutIds: readonly string[]): Promise<void>;
  /** Dead letters that wait, by checkout id, so the oldest first. Whoever has a verdict, or whose sale is sealed, waits no more. */
  deadLetters(query: DeadLetterQuery): Promise<DeadLetter[]>;
  /** How many of them there are in all. */
  countDeadLetters(): Promise<number>;
  /** The failures of one checkout, whatever became of it since; null where there were none. */
  failureOf(checkoutId: string): Promise<DeadLetter | null>;
}

export interface SettleFailure {
  readonly saleId: string;
  readonly epoch: number;
  readonly hold: Pick<Hold, "checkoutId" | "userId">;
  readonly cause: string;
}

export interface FailedTry {
  readonly tries: number;
  readonly dead: boolean;
}

export interface DeadLetterQuery {
  /** Only of that sale. */
  readonly saleId?: string;
  /** Only those behind that checkout id. */
  readonly after?: string;
  readonly limit: number;
}
