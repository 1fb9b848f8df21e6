/** Values below this share the first bucket. */
const LOWEST = 0.001;
/** Each bucket is this much wider than the one before: the error of a percentile is at most half of it. */
const GROWTH = 1.01;
const LOG_GROWTH = Math.log(GROWTH);
/** Reaches a few hours, when values are milliseconds. */
const BUCKETS = 2_400;

/** What a histogram tells; zeroes when nothing was recorded. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts values in logarithmic buckets: any number of values in constant space, each percentile within 0.5 %. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #max = 0;

  record(value: number): void {
    const bucket = value <= LOWEST ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(value / LOWEST) / LOG_GROWTH));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    if (value > this.#max) this.#max = value;
  }

  /** The value that `share` (0 to 1) of the values do not exceed. */
  percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return Math.min(middleOf(bucket), this.#max);
    }
    return this.#max;
  }

  summary(): Summary {
    if (this.#count === 0) return { count: 0, p50: 0, p99: 0, max: 0 };
    return { count: this.#count, p50: this.percentile(0.5), p99: this.percentile(0.99), max: this.#max };
  }
}

function middleOf(bucket: number): number {
  return LOWEST * GROWTH ** (bucket - 0.5);
}
