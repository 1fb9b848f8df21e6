import type { Second } from "./shapes.ts";

/** Columns by second, as uPlot takes them; seconds since the epoch. */
export interface ChartData {
  readonly seconds: number[];
  readonly units: number[];
  readonly p50: (number | null)[];
  readonly p99: (number | null)[];
}

const SPANS_S = [60, 120, 300] as const;

/** The last minutes, second by second up to `atMs`: as far back as something was sold, one minute at least and five at most. */
export function chartData(history: readonly Second[], atMs: number): ChartData {
  const byMs = new Map(history.map((second) => [Date.parse(second.at), second]));
  const lastMs = Math.floor(atMs / 1_000) * 1_000;
  const oldestMs = Math.min(lastMs, ...byMs.keys());
  const spanS = SPANS_S.find((span) => oldestMs > lastMs - span * 1_000) ?? 300;
  const moments = Array.from({ length: spanS + 1 }, (_, index) => lastMs - (spanS - index) * 1_000);
  return {
    seconds: moments.map((ms) => ms / 1_000),
    units: moments.map((ms) => byMs.get(ms)?.units ?? 0),
    p50: moments.map((ms) => byMs.get(ms)?.lag_ms.p50 ?? null),
    p99: moments.map((ms) => byMs.get(ms)?.lag_ms.p99 ?? null),
  };
}
