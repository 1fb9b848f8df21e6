/** Whether an order costs the same when there are many. */

import { type Shop, shareOf, sumOf, type Usage, usedBetween } from "../deployment/shop.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { costRows } from "./cost-rows.ts";
import { fillHistory } from "./history-filling.ts";
import { BODY, checkoutsOf, loadPlan } from "./load-plan.ts";
import { lookUpRows } from "./look-ups.ts";
import { inTurn, ratioRow, runsRow } from "./ratio.ts";
import { ENDLESS, type Reserved, reserveUnsettled, settledOf } from "./reserving.ts";
import { type SettledRun, settledRun } from "./whole.ts";
import { type Load, Wrk } from "./wrk.ts";

/** What is compared with: so many rows, or a hundredth of many where that is less. */
const FEW_ROWS = 10_000;
const FEW_SHARE = 0.01;
const FLAT = { atMost: 1.15 };
/** A sale is full enough: what a second of load adds to it leaves it below the most that it takes (`BACKLOG_MAX`). */
const HELD_ENOUGH = 80_000;

export const growth: Figure = {
  name: "growth",
  about:
    "processor time of an order with --rows orders in the tables, to one with few: 10,000 at most; and of look-ups",
  measure: (settings, shops) => shops.withTwo(settings, (many, few) => measureGrowth(few, many, settings)),
};

export const backlog: Figure = {
  name: "backlog",
  about: "processor time of a reservation while --queued orders wait, to one while none does; and of settling them",
  measure: (settings, shops) => shops.withTwo(settings, (many, none) => measureBacklog(none, many, settings)),
};

async function measureGrowth(few: Shop, many: Shop, settings: Settings): Promise<Reading> {
  const wrk = await Wrk.find(process.env);
  const fewRows = Math.min(FEW_ROWS, Math.ceil(settings.rows * FEW_SHARE));
  const [lastOfFew, lastOfMany] = [await fillHistory(few, fewRows), await fillHistory(many, settings.rows)];
  const lookUps = await lookUpRows({ shop: many, last: lastOfMany }, { shop: few, last: lastOfFew });
  const shape = { ...settings, spread: true };
  const { ours, theirs } = await inTurn(
    settings.pairs,
    () => settledRun(many, wrk, shape),
    () => settledRun(few, wrk, shape),
  );
  const costs = (runs: readonly SettledRun[]) => runs.map(({ usedMs, settled }) => sumOf(usedMs) / settled);
  const databaseCosts = (runs: readonly SettledRun[]) => runs.map(({ usedMs, settled }) => usedMs.postgres / settled);
  return {
    rows: [
      ratioRow(`an order with ${settings.rows} rows, to ${fewRows}`, costs(ours), costs(theirs), FLAT),
      ratioRow("of it Postgres", databaseCosts(ours), databaseCosts(theirs)),
      runsRow(`an order with ${settings.rows} rows`, "ms", costs(ours)),
      runsRow(`an order with ${fewRows} rows`, "ms", costs(theirs)),
      ...lookUps,
    ],
    faults: [...ours, ...theirs].flatMap(({ faults }) => faults),
    ...few.stage.versions,
  };
}

/** A sale whose checkouts wait. */
type Waiting = Pick<Reserved, "saleId" | "load">;

const costOf = ({ before, after, load }: Reserved) => shareOf(usedBetween(before, after), load.requests);

async function measureBacklog(none: Shop, many: Shop, settings: Settings): Promise<Reading> {
  const wrk = await Wrk.find(process.env);
  const { filled, ours, theirs } = await many.halting("worker", async () => {
    const queue = await queueUp(many, wrk, settings);
    const runs = await inTurn(
      settings.pairs,
      () => reserveUnsettled(many, wrk, settings),
      () => none.halting("worker", () => reserveUnsettled(none, wrk, settings)).then((run) => settledLater(none, run)),
    );
    return { filled: queue, ...runs };
  });
  const [startedMs, before] = [await many.nowMs(), many.usage()];
  const done = await drainAll(many, [...filled, ...ours]);
  const perOrder = sumOf(usedBetween(before, done.usage)) / done.settled;
  const [ourCosts, theirCosts] = [ours.map(costOf), theirs.map(costOf)];
  const drains = theirs.map(({ settleMsEach }) => settleMsEach);
  return {
    rows: [
      ratioRow(
        `a reservation while ${settings.queued} wait, to one while none does`,
        ourCosts.map(sumOf),
        theirCosts.map(sumOf),
        FLAT,
      ),
      ...costRows(`a reservation while ${settings.queued} wait`, ourCosts),
      ...costRows("a reservation while none does", theirCosts),
      runsRow(`settling one of ${done.settled}`, "ms", [perOrder]),
      runsRow("settling one of a few", "ms", drains),
      runsRow(`${done.settled} settled`, "/s", [(done.settled * 1_000) / (done.lastAtMs - startedMs)]),
    ],
    faults: [...done.faults, ...theirs.flatMap(({ faults }) => faults)],
    ...none.stage.versions,
  };
}

/** Sales full of checkouts that nobody settles, until so many wait. */
async function queueUp(shop: Shop, wrk: Wrk, { queued, connections }: Settings): Promise<Waiting[]> {
  const sales: Waiting[] = [];
  const { reader } = await shop.stores.gate();
  for (let waiting = 0; waiting < queued; ) {
    const wanted = Math.min(HELD_ENOUGH, queued - waiting);
    const saleId = await shop.openSale(ENDLESS);
    let load: Load = { requests: 0, seconds: 0, refused: 0, failed: 0 };
    for (let held = 0; held < wanted; ) {
      load = sumOfLoads(
        load,
        await wrk.run(loadPlan(shop.stage.url, { connections, seconds: 1 }, [checkoutsOf(saleId)], BODY)),
      );
      held = (await reader.totals(saleId))?.totals.held ?? 0;
      if (load.refused + load.failed > 0) throw new Error(`of ${load.requests} checkouts some were refused`);
    }
    waiting += load.requests;
    sales.push({ saleId, load });
  }
  return sales;
}

function sumOfLoads(one: Load, other: Load): Load {
  return {
    requests: one.requests + other.requests,
    seconds: one.seconds + other.seconds,
    refused: one.refused + other.refused,
    failed: one.failed + other.failed,
  };
}

/** The worker goes on: what it settles now has its cost. */
async function settledLater(shop: Shop, run: Reserved) {
  const before = shop.usage();
  const { settled, usage, faults } = await settledOf(shop, run);
  return { ...run, faults, settleMsEach: sumOf(usedBetween(before, usage)) / settled };
}

async function drainAll(shop: Shop, sales: readonly Waiting[]) {
  let [settledInAll, lastAtMs] = [0, 0];
  let usage: Usage | null = null;
  const faults: string[] = [];
  for (const sale of sales) {
    const drained = await settledOf(shop, sale);
    // the queue is one for all: it is empty once the first has drained
    usage ??= drained.usage;
    settledInAll += drained.settled;
    lastAtMs = Math.max(lastAtMs, drained.lastAtMs);
    faults.push(...drained.faults);
  }
  return { settled: settledInAll, lastAtMs, usage: usage ?? shop.usage(), faults };
}
