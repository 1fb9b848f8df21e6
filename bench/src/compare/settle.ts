import { type Shop, sumOf, usedBetween } from "../deployment/shop.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { settleWithoutQueue } from "../reference/pages-without-queue.ts";
import { missing } from "./doors.ts";
import { BODY, checkoutsOf, loadPlan } from "./load-plan.ts";
import { inTurn, ratioRow, runsRow } from "./ratio.ts";
import { loadFaults } from "./served.ts";
import { Wrk } from "./wrk.ts";

const ITEMS = 10_000;
const STOCK = 100;
/** More than are ever held at once. */
const HOLDS_MAX = 1_000_000;

/**
 * Both begin with a sale that was reserved while the worker stood still. Then either the worker goes on, or the ledger is
 * given the same holds in as many pages; the worker finds those judged already and has only to tell the gate.
 */
export const settle: Figure = {
  name: "settle",
  about: "orders settled through BullMQ, to the same SQL without it at the same page size",
  measure: (settings, shops) => shops.with(settings, (shop) => measure(shop, settings)),
};

interface Run {
  readonly perSecond: number;
  readonly pageOrders: number;
  readonly cpuMsEach: number;
  readonly faults: readonly string[];
}

async function measure(shop: Shop, settings: Settings): Promise<Reading> {
  const wrk = await Wrk.find(process.env);
  const { ours, theirs } = await inTurn(
    settings.pairs,
    () => throughQueue(shop, wrk, settings),
    () => withoutQueue(shop, wrk, settings),
  );
  const rates = (runs: readonly Run[]) => runs.map(({ perSecond }) => perSecond);
  return {
    rows: [
      ratioRow("settled/s through BullMQ, to the same SQL without it", rates(ours), rates(theirs), { atLeast: 0.8 }),
      runsRow("through BullMQ", "/s", rates(ours)),
      runsRow("the SQL alone", "/s", rates(theirs)),
      runsRow(
        "orders of a page, through BullMQ",
        "orders",
        ours.map(({ pageOrders }) => pageOrders),
      ),
      runsRow(
        "orders of a page, the SQL alone",
        "orders",
        theirs.map(({ pageOrders }) => pageOrders),
      ),
      runsRow(
        "processor time of an order, through BullMQ",
        "ms",
        ours.map(({ cpuMsEach }) => cpuMsEach),
      ),
    ],
    faults: [...ours, ...theirs].flatMap(({ faults }) => faults),
    ...shop.stage.versions,
  };
}

async function throughQueue(shop: Shop, wrk: Wrk, settings: Settings): Promise<Run> {
  const { reserved, startedAtMs, before } = await shop.halting("worker", async () => ({
    reserved: await reserveOnly(shop, wrk, settings),
    startedAtMs: await shop.nowMs(),
    before: shop.usage(),
  }));
  const { settled, lastAtMs, usage, faults } = await shop.drained(reserved.saleId);
  const cpuMsEach = sumOf(usedBetween(before, usage)) / settled;
  return runOf(reserved, { settled, seconds: (lastAtMs - startedAtMs) / 1_000, cpuMsEach, faults });
}

async function withoutQueue(shop: Shop, wrk: Wrk, settings: Settings): Promise<Run> {
  const { databaseUrl } = shop.stage.local;
  const { reserved, tookMs, count } = await shop.halting("worker", async () => {
    const sale = await reserveOnly(shop, wrk, settings);
    const { saleId } = sale;
    const { holds: gate, reader } = await shop.stores.gate();
    const epoch = (await reader.totals(saleId))?.epoch ?? 0;
    const holds = await gate.some(saleId, epoch, HOLDS_MAX);
    const size = Math.ceil(holds.length / Math.max(1, sale.pages));
    const pages = Array.from({ length: Math.ceil(holds.length / size) }, (_, page) =>
      holds.slice(page * size, (page + 1) * size),
    );
    const ms = await settleWithoutQueue({ databaseUrl, saleId, epoch, pages });
    return { reserved: sale, tookMs: ms, count: holds.length };
  });
  const { faults } = await shop.drained(reserved.saleId);
  return runOf(reserved, { settled: count, seconds: tookMs / 1_000, cpuMsEach: Number.NaN, faults });
}

interface Reserved {
  readonly saleId: string;
  readonly promised: number;
  readonly pages: number;
  readonly faults: readonly string[];
}

async function reserveOnly(shop: Shop, wrk: Wrk, settings: Settings): Promise<Reserved> {
  const saleId = await shop.openSale({ items: ITEMS, stock: STOCK });
  const load = await wrk.run(loadPlan(shop.stage.url, settings, [checkoutsOf(saleId)], BODY));
  const { waiting, active } = await shop.queue.depth();
  return { saleId, promised: load.requests, pages: waiting + active, faults: loadFaults("the api", load, false) };
}

function runOf(
  reserved: Reserved,
  run: { settled: number; seconds: number; cpuMsEach: number; faults: readonly string[] },
): Run {
  const { settled, seconds, cpuMsEach } = run;
  return {
    perSecond: settled / seconds,
    pageOrders: settled / reserved.pages,
    cpuMsEach,
    faults: [...run.faults, ...reserved.faults, ...missing(reserved.promised, settled)],
  };
}
