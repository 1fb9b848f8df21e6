import type { Moment } from "./story.ts";

interface EpochSeen {
  readonly firstInvokedAtMs: number;
  lastInvokedAtMs: number;
  readonly firstToldAtMs: number;
}

/** An acknowledgement in an older opening than one that was told before it was asked for. */
export interface StepBack {
  readonly saleId: string;
  readonly epoch: number;
  readonly newerEpoch: number;
  readonly moment: Moment;
}

/** What acknowledgements tell of when each sale's openings began. */
export class Epochs {
  readonly #sales = new Map<string, Map<number, EpochSeen>>();
  readonly #newest = new Map<string, number>();
  readonly stepsBack: StepBack[] = [];

  /** Takes an acknowledgement by a gate of `epoch`, in the order in which they were told. */
  take(saleId: string, epoch: number, moment: Moment): void {
    const epochs = this.#sales.get(saleId) ?? new Map<number, EpochSeen>();
    this.#sales.set(saleId, epochs);
    const { invokedAtMs, toldAtMs } = moment;
    const newest = Math.max(this.#newest.get(saleId) ?? epoch, epoch);
    this.#newest.set(saleId, newest);
    const seen = epochs.get(epoch);
    if (!seen) {
      epochs.set(epoch, { firstInvokedAtMs: invokedAtMs, lastInvokedAtMs: invokedAtMs, firstToldAtMs: toldAtMs });
    } else if (epoch === newest) {
      // Once a newer opening answers, what an older one still answers says nothing of when the newer one began.
      seen.lastInvokedAtMs = Math.max(seen.lastInvokedAtMs, invokedAtMs);
    }
    for (const [newerEpoch, newer] of epochs) {
      if (newerEpoch <= epoch || newer.firstToldAtMs >= invokedAtMs) continue;
      this.stepsBack.push({ saleId, epoch, newerEpoch, moment });
      return;
    }
  }

  newest(saleId: string): number {
    return this.#newest.get(saleId) ?? 0;
  }

  /**
   * A moment by which the sale's opening `epoch` had certainly not begun: an older one took a request after it. Those
   * that `misleads` are left out.
   */
  notBeganBy(saleId: string, epoch: number, misleads: (atMs: number) => boolean): number {
    let latestMs = Number.NEGATIVE_INFINITY;
    for (const [older, { firstInvokedAtMs, lastInvokedAtMs }] of this.#sales.get(saleId) ?? []) {
      if (older >= epoch) continue;
      const usable = [lastInvokedAtMs, firstInvokedAtMs].find((atMs) => !misleads(atMs));
      latestMs = Math.max(latestMs, usable ?? Number.NEGATIVE_INFINITY);
    }
    return latestMs;
  }
}
