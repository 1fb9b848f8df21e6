interface Sample {
  readonly saleId: string;
  readonly atMs: number;
  readonly sold: number;
}

/** Over how long the pace is taken. */
const WINDOW_MS = 5_000;

/** Units sold a second, of the last few seconds. */
export class SellingPace {
  #samples: Sample[] = [];

  /** The pace with this sample; null before there are two of the sale. */
  add(saleId: string, atMs: number, sold: number): number | null {
    const kept = this.#samples.filter((sample) => sample.saleId === saleId && sample.atMs > atMs - WINDOW_MS);
    this.#samples = [...kept, { saleId, atMs, sold }];
    const [first] = this.#samples;
    if (!first || first.atMs >= atMs) return null;
    return Math.max(0, sold - first.sold) / ((atMs - first.atMs) / 1_000);
  }
}
