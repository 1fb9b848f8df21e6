import type { AttemptOutcome, Telemetry } from "@flashgate/core";

/** Attempts by what the gate said. */
export type AttemptCounts = Readonly<Partial<Record<AttemptOutcome, number>>>;

/** Sales whose attempts are remembered: those that were asked for last. */
const SALES_MAX = 50;

/** Counts the attempts that this process was asked for, sale by sale, on their way to the telemetry. */
export class AttemptTally {
  readonly #sales = new Map<string, Partial<Record<AttemptOutcome, number>>>();

  /** Counts what passes, and passes it on. */
  before(telemetry: Telemetry): Telemetry {
    return {
      emit: (event) => {
        if (event.kind === "attempt") this.#count(event.saleId, event.outcome);
        telemetry.emit(event);
      },
    };
  }

  of(saleId: string): AttemptCounts {
    return this.#sales.get(saleId) ?? {};
  }

  #count(saleId: string, outcome: AttemptOutcome): void {
    const known = this.#sales.get(saleId);
    const counts = known ?? {};
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (known) return;
    this.#sales.set(saleId, counts);
    const [oldest] = this.#sales.keys();
    if (this.#sales.size > SALES_MAX && oldest !== undefined) this.#sales.delete(oldest);
  }
}
