import type { Refusal } from "@flashgate/core";

/** What the reserve script is told of one reservation, and what it will hear. */
interface Waiting<Answer> {
  readonly args: readonly string[];
  readonly units: number;
  readonly resolve: (answer: Answer | Refusal) => void;
  readonly reject: (error: unknown) => void;
}

/** The answers to a batch, in its order. */
export interface Judged<Answer> {
  readonly kind: "judged";
  readonly answers: readonly Answer[];
}

type Judge<Answer> = (saleId: string, batch: readonly (readonly string[])[]) => Promise<Judged<Answer> | Refusal>;

/** Reservations, and units they ask for, that one script call judges: Redis stands still meanwhile. */
const RESERVATIONS_MAX = 64;
const UNITS_MAX = 512;

/**
 * Reservations on their way to the gate. Those of one sale that come in the same turn of the event loop, or while others
 * are under way, go together in as few script calls as may be; one that comes alone goes at once.
 *
 * A sale's reservations leave in rounds: all that waited, as soon as the round before was answered or given up. So
 * nobody waits for more than one round beside the own one, however slow the server is.
 */
export class ReserveBatches<Answer> {
  readonly #judge: Judge<Answer>;
  /** By sale with a round under way or about to leave: those that wait for the next one. */
  readonly #waiting = new Map<string, Waiting<Answer>[]>();

  constructor(judge: Judge<Answer>) {
    this.#judge = judge;
  }

  /** Resolves with this reservation's own answer, or with what became of its whole batch. */
  ask(saleId: string, args: readonly string[], units: number): Promise<Answer | Refusal> {
    return new Promise((resolve, reject) => {
      const one = { args, units, resolve, reject };
      const waiting = this.#waiting.get(saleId);
      if (waiting) waiting.push(one);
      else {
        this.#waiting.set(saleId, [one]);
        setImmediate(() => void this.#leave(saleId));
      }
    });
  }

  async #leave(saleId: string): Promise<void> {
    for (let round = this.#next(saleId); round; round = this.#next(saleId)) {
      await Promise.all(batchesOf(round).map((batch) => this.#send(saleId, batch)));
    }
  }

  /** All that wait; nobody waits for a sale that has none. */
  #next(saleId: string): readonly Waiting<Answer>[] | null {
    const round = this.#waiting.get(saleId) ?? [];
    if (round.length > 0) {
      this.#waiting.set(saleId, []);
      return round;
    }
    this.#waiting.delete(saleId);
    return null;
  }

  async #send(saleId: string, batch: readonly Waiting<Answer>[]): Promise<void> {
    try {
      const reply = await this.#judge(
        saleId,
        batch.map(({ args }) => args),
      );
      for (const [index, { resolve }] of batch.entries()) {
        if (reply.kind !== "judged") resolve(reply);
        else resolve(reply.answers[index] as Answer);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

/** In the order in which they came; one that asks for more units than a batch may goes alone. */
function batchesOf<Answer>(round: readonly Waiting<Answer>[]): Waiting<Answer>[][] {
  const batches: Waiting<Answer>[][] = [];
  let batch: Waiting<Answer>[] = [];
  let unitsLeft = 0;
  for (const one of round) {
    if (batch.length === 0 || batch.length === RESERVATIONS_MAX || one.units > unitsLeft) {
      batch = [];
      batches.push(batch);
      unitsLeft = UNITS_MAX;
    }
    batch.push(one);
    unitsLeft -= one.units;
  }
  return batches;
}
