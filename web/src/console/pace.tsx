import { grouped, spanText } from "../design/figures.ts";
import { Chart } from "./chart.tsx";
import { chartData } from "./chart-data.ts";
import type { Watched } from "./shapes.ts";

const UNITS = [{ label: "units", colour: "available", bars: true }] as const;
const LAGS = [
  { label: "p99", colour: "held" },
  { label: "p50", colour: "available" },
] as const;

/** How fast units are sold, and how long a shopper waits for the commit; each second of the last minutes. */
export function Pace({ watched, atMs }: { readonly watched: Watched | null; readonly atMs: number }) {
  const data = chartData(watched?.history ?? [], atMs);
  const pace = `${grouped(Math.round(watched?.sold_per_second ?? 0))} a second`;
  const lag = watched?.lag_ms ?? null;
  const minutes = (data.seconds.length - 1) / 60;
  const best = Math.max(0, ...data.units);
  return (
    <section class="card pace" aria-labelledby="pace-title">
      <h2 id="pace-title" class="card-title">
        Last {minutes === 1 ? "minute" : `${minutes} minutes`}
      </h2>
      <div class="pace-head">
        <h3>Units sold</h3>
        <p class="figures">
          <strong>{pace}</strong> <span class="soft small">best {grouped(best)}</span>
        </p>
      </div>
      <Chart
        name="Units sold in each second"
        says={`${pace}, ${grouped(best)} in the best one`}
        series={UNITS}
        data={[data.seconds, data.units]}
        value={grouped}
      />
      <div class="pace-head">
        <h3>From hold to commit</h3>
        <p class="figures">
          <span class="key p50">p50 {lag ? spanText(lag.p50) : "–"}</span>{" "}
          <span class="key p99">p99 {lag ? spanText(lag.p99) : "–"}</span>
        </p>
      </div>
      <Chart
        name="From hold to commit in each second"
        says={lag ? `half within ${spanText(lag.p50)}, 99 % within ${spanText(lag.p99)}` : "nothing was sold just now"}
        series={LAGS}
        data={[data.seconds, data.p99, data.p50]}
        value={spanText}
      />
    </section>
  );
}
