import { Counter, type Registry } from "prom-client";
import { Histogram, type Series } from "./histogram.ts";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** A client may send any other method that Node's parser knows: those share a series. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export interface HttpMetrics {
  /** Counts one answered request. `route` is the pattern it matched, one of few, and never its path. */
  observe(route: string, method: string, statusCode: number, seconds: number): void;
}

/** `http_requests_total` and `http_request_duration_seconds` by route, method and status code. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  const durations = new Histogram(registry, {
    name: "http_request_duration_seconds",
    help: "From the request's arrival to the end of its answer.",
    bounds: SECONDS,
  });
  const all: Series[] = [];
  const known = new Map<string, Map<string, Map<number, Series>>>();

  new Counter({
    name: "http_requests_total",
    help: "Requests answered.",
    labelNames: ["route", "method", "status_code"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of all) this.inc(labels, count);
    },
  });

  const add = (route: string, method: string, statusCode: number): Series => {
    const series = durations.series({ route, method, status_code: String(statusCode) });
    const byMethod = known.get(route) ?? new Map<string, Map<number, Series>>();
    const byStatus = byMethod.get(method) ?? new Map<number, Series>();
    known.set(route, byMethod.set(method, byStatus.set(statusCode, series)));
    all.push(series);
    return series;
  };

  return {
    observe(route, method, statusCode, seconds) {
      const label = METHODS.has(method) ? method : "other";
      const series = known.get(route)?.get(label)?.get(statusCode) ?? add(route, label, statusCode);
      series.observe(seconds);
    },
  };
}
