import { Histogram } from "./histogram.ts";

/** A checkout that was answered with 202. */
export interface Acknowledged {
  readonly checkoutId: string;
  readonly ticket: string;
  readonly units: number;
}

/** What a crowd was told, counted as it is told. */
export class Tally {
  readonly acknowledged: Acknowledged[] = [];
  /** From when the shopper meant to send to the 202, in milliseconds. */
  readonly latencyMs = new Histogram();
  /** Final refusals by the code of the answer. */
  readonly refusals = new Map<string, number>();
  /** Answers after which the same shopper asked again, by code; `no_answer` where none came. */
  readonly retries = new Map<string, number>();
  /** Answers of the 5xx kind other than 503, by status. */
  readonly serverErrors = new Map<string, number>();
  /** Shoppers who stopped asking without an answer. */
  gaveUp = 0;
  units = 0;

  acknowledge(acknowledged: Acknowledged, latencyMs: number): void {
    this.acknowledged.push(acknowledged);
    this.units += acknowledged.units;
    this.latencyMs.record(latencyMs);
  }

  refuse(code: string): void {
    count(this.refusals, code);
  }

  retry(code: string): void {
    count(this.retries, code);
  }

  serverError(status: number): void {
    count(this.serverErrors, String(status));
  }

  giveUp(): void {
    this.gaveUp += 1;
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
