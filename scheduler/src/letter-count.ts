import type { DeadLetterLedger } from "@flashgate/core";
import type { Duty } from "./beat.ts";

/** Counts the dead letters that wait, for a gauge: a scrape is told what was counted last, and asks no database. */
export class LetterCount implements Duty {
  readonly name = "count dead letters";
  readonly everyMs = 5_000;
  readonly #ledger: Pick<DeadLetterLedger, "countDeadLetters">;
  #last = 0;

  constructor(ledger: Pick<DeadLetterLedger, "countDeadLetters">) {
    this.#ledger = ledger;
  }

  get last(): number {
    return this.#last;
  }

  async runOnce(): Promise<void> {
    this.#last = await this.#ledger.countDeadLetters();
  }
}
