import type { Metric, Registry } from "prom-client";

type Labels = Readonly<Record<string, string>>;

export interface HistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds of the buckets, ascending, without the last one, +Inf. */
  readonly bounds: readonly number[];
}

/** One series of a histogram. */
export class Series {
  readonly labels: Labels;
  readonly buckets: readonly { readonly bound: number; count: number }[];
  sum = 0;

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound) => ({ bound, count: 0 }));
  }

  get count(): number {
    return this.buckets.reduce((total, { count }) => total + count, 0);
  }

  observe(value: number): void {
    this.sum += value;
    for (const bucket of this.buckets) {
      if (value > bucket.bound) continue;
      bucket.count += 1;
      return;
    }
  }
}

/**
 * A histogram whose observations are two additions. prom-client's own hashes the labels and allocates at each one
 * (0.4 µs to 0.9 µs), which a gate that answers tens of thousands of requests a second can feel.
 */
export class Histogram {
  readonly name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series: Series[] = [];

  constructor(registry: Registry, { name, help, bounds }: HistogramOptions) {
    this.name = name;
    this.#help = help;
    this.#bounds = bounds;
    // A registry asks a metric for its name and for get(), nothing else, unless it is reset, which nobody does.
    registry.registerMetric(this as unknown as Metric);
  }

  /** Adds a series; the caller keeps it. Once for each set of labels. */
  series(labels: Labels = {}): Series {
    const series = new Series(labels, this.#bounds);
    this.#series.push(series);
    return series;
  }

  /** What a registry writes into a scrape. */
  async get() {
    const values = this.#series.flatMap((series) => this.#samples(series));
    return { name: this.name, help: this.#help, type: "histogram", aggregator: "sum", values };
  }

  #samples({ labels, buckets, sum }: Series) {
    let count = 0;
    const cumulative = buckets.map((bucket) => {
      count += bucket.count;
      const le = Number.isFinite(bucket.bound) ? bucket.bound : "+Inf";
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...cumulative,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
