/** How long it takes until everything is sold and settled, and how it went. */
import type { Shop } from "../deployment/shop.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { until } from "../fleet/until.ts";
import { BODY, checkoutsOf, loadPlan } from "./load-plan.ts";
import { repeated, runsRow } from "./ratio.ts";
import { sellOutChart } from "./sell-out-chart.ts";
import { Wrk } from "./wrk.ts";

const SOLD_OUT_MS_MAX = 120_000;
/** No run of wrk lasts this long: it is interrupted a moment after everything is sold. */
const LONG_S = 600;
/** For how long the crowd goes on asking: it is refused. */
const REFUSED_MS = 500;
/** Until the last attempt is written down. */
const WRITTEN_MS_MAX = 10_000;

export const sellOut: Figure = {
  name: "sell-out",
  about: "first request to last commit of a sale, by the database's clock, with as many buyers as --workers says",
  measure: (settings, shops) => shops.with(settings, (shop) => measureSellOut(shop, settings)),
};

/** When each thing happened, Unix milliseconds. */
export interface SellOut {
  readonly startedAtMs: number;
  readonly reservedAtMs: readonly number[];
  readonly settledAtMs: readonly number[];
  readonly refusedAtMs: readonly number[];
}

async function measureSellOut(shop: Shop, settings: Settings): Promise<Reading> {
  const wrk = await Wrk.find(process.env);
  const runs = await repeated(settings.pairs, () => soldOutRun(shop, wrk, settings));
  const what = `${settings.items} items, ${settings.workers} buyers: first request to last commit`;
  const seconds = runs.map((run) => run.seconds);
  const last = runs.at(-1);
  return {
    rows: [runsRow(what, "s", seconds, { below: 1 })],
    faults: runs.flatMap(({ faults }) => faults),
    ...(last ? { chart: sellOutChart(last) } : {}),
    ...shop.stage.versions,
  };
}

async function soldOutRun(shop: Shop, wrk: Wrk, { items, workers }: Settings) {
  const saleId = await shop.openSale({ items });
  const { reader } = await shop.stores.gate();
  const startedAtMs = await shop.nowMs();
  const shape = { connections: workers, seconds: LONG_S };
  const running = wrk.start(loadPlan(shop.stage.url, shape, [checkoutsOf(saleId)], BODY));
  const isSoldOut = async () => (await reader.totals(saleId))?.totals.available === 0;
  const soldOut = await until(isSoldOut, SOLD_OUT_MS_MAX, { everyMs: 20 });
  const refusedUntilMs = performance.now() + REFUSED_MS;
  await until(() => performance.now() > refusedUntilMs, SOLD_OUT_MS_MAX);
  running.stop();
  const { refused } = await running.done;
  const { settled, lastAtMs, faults } = await shop.drained(saleId);
  let refusedAtMs: readonly number[] = [];
  const areWritten = async () => {
    refusedAtMs = await shop.refusedAtMs(saleId);
    return refusedAtMs.length >= refused;
  };
  await until(areWritten, WRITTEN_MS_MAX);
  const orders = await shop.orders(saleId);
  return {
    seconds: (lastAtMs - startedAtMs) / 1_000,
    startedAtMs,
    reservedAtMs: orders.map((order) => order.reservedAtMs),
    settledAtMs: orders.map((order) => order.decidedAtMs),
    refusedAtMs,
    faults: [...faults, ...(soldOut && settled === items ? [] : [`${settled} of ${items} items were sold`])],
  };
}
