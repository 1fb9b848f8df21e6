import type { Destruction } from "../history.ts";
import type { Epochs } from "./epochs.ts";
import type { Ack, Moment } from "./story.ts";

/**
 * Tells what the siege itself can have destroyed; nothing else may be missing. What a gate held when its opening was over
 * became a row of the ledger, so a loss takes only what the opening of that moment was told, after what survives of it.
 */
export class Losses {
  readonly #destructions: readonly Destruction[];
  readonly #epochs: Epochs;

  constructor(destructions: readonly Destruction[], epochs: Epochs) {
    this.#destructions = destructions;
    this.#epochs = epochs;
  }

  /** Whether all that was ever acknowledged of a checkout can have been lost: none of it has to be kept then. */
  hitAll(saleId: string, acks: readonly Ack[]): boolean {
    return acks.every((ack) => this.hit(saleId, ack));
  }

  /** Whether what was acknowledged then can have been lost. */
  hit(saleId: string, { epoch, moment }: Pick<Ack, "epoch" | "moment">): boolean {
    return this.#of(saleId).some(([loss, lostEpoch]) => {
      if (!outlives(loss, moment)) return false;
      if (byZombie(loss, moment) && (epoch === null || epoch >= lostEpoch)) return true;
      if (moment.invokedAtMs > loss.lostAtMs) return false;
      return epoch === null ? moment.toldAtMs >= this.#notBeganBy(saleId, lostEpoch) : epoch === lostEpoch;
    });
  }

  /** Whether an old primary answered beside the new one at any time of the moment. */
  splitBrain(saleId: string, moment: Moment): boolean {
    return this.#of(saleId).some(([loss]) => byZombie(loss, moment) && outlives(loss, moment));
  }

  /** Where an answer does not say its opening, only time tells whether it can be of that one. */
  #notBeganBy(saleId: string, epoch: number): number {
    return this.#epochs.notBeganBy(saleId, epoch, (atMs) =>
      this.splitBrain(saleId, { invokedAtMs: atMs, toldAtMs: atMs }),
    );
  }

  /** The losses that hit the sale, each with its epoch. */
  #of(saleId: string): (readonly [Destruction, number])[] {
    return this.#destructions.flatMap((loss) => {
      const epoch = loss.saleEpochs[saleId];
      return epoch === undefined ? [] : [[loss, epoch] as const];
    });
  }
}

/** Whether what was told then is younger than what survives of the loss. */
function outlives({ keptUntilMs }: Destruction, { toldAtMs }: Moment): boolean {
  return keptUntilMs === null || toldAtMs >= keptUntilMs;
}

function byZombie({ zombieUntilMs }: Destruction, { invokedAtMs }: Moment): boolean {
  return zombieUntilMs !== undefined && invokedAtMs <= zombieUntilMs;
}
