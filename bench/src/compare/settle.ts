import { PAGE_CHECKOUTS_MAX } from "@flashgate/core";
import { type Shop, sumOf, usedBetween } from "../deployment/shop.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { until } from "../fleet/until.ts";
import { settleWithoutQueue } from "../reference/pages-without-queue.ts";
import { inTurn, ratioRow, runsRow } from "./ratio.ts";
import { missing, reserveUnsettled, settledOf } from "./reserving.ts";
import { Wrk } from "./wrk.ts";

/** More than are ever held at once. */
const HOLDS_MAX = 1_000_000;
const STILL_MS_MAX = 10_000;

/**
 * Both begin with a sale that was reserved while the worker stood still. Then either the worker goes on, or the ledger is
 * given as many holds in pages as full as the worker's can be; the worker finds those judged already and has only to tell the gate.
 */
export const settle: Figure = {
  name: "settle",
  about: "orders settled through BullMQ, to the same SQL without it in pages as full as can be",
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
  const rates = (runs: readonly Pick<Run, "perSecond">[]) => runs.map(({ perSecond }) => perSecond);
  return {
    rows: [
      ratioRow("settled/s through BullMQ, to the same SQL without it", rates(ours), rates(theirs), { atLeast: 0.8 }),
      runsRow("through BullMQ", "/s", rates(ours)),
      runsRow("the SQL alone", "/s", rates(theirs)),
      runsRow(
        "orders of a transaction, through BullMQ",
        "orders",
        ours.map(({ pageOrders }) => pageOrders),
      ),
      runsRow(
        "orders of a transaction, the SQL alone",
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
    reserved: await reserveInPages(shop, wrk, settings),
    startedAtMs: await shop.nowMs(),
    before: shop.usage(),
  }));
  const { settled, transactions, lastAtMs, usage, faults } = await settledOf(shop, reserved);
  return {
    perSecond: (settled * 1_000) / (lastAtMs - startedAtMs),
    pageOrders: settled / transactions,
    cpuMsEach: sumOf(usedBetween(before, usage)) / settled,
    faults,
  };
}

async function withoutQueue(shop: Shop, wrk: Wrk, settings: Settings): Promise<Omit<Run, "cpuMsEach">> {
  const { databaseUrl } = shop.stage.local;
  const { reserved, count, pages, tookMs } = await shop.halting("worker", async () => {
    const sale = await reserveInPages(shop, wrk, settings);
    const { saleId } = sale;
    const { holds: gate, reader } = await shop.stores.gate();
    const epoch = (await reader.totals(saleId))?.epoch ?? 0;
    const holds = await gate.some(saleId, epoch, HOLDS_MAX);
    const inPages = Array.from({ length: Math.ceil(holds.length / PAGE_CHECKOUTS_MAX) }, (_, page) =>
      holds.slice(page * PAGE_CHECKOUTS_MAX, (page + 1) * PAGE_CHECKOUTS_MAX),
    );
    const ms = await settleWithoutQueue({ databaseUrl, saleId, epoch, pages: inPages });
    return { reserved: sale, count: holds.length, pages: inPages.length, tookMs: ms };
  });
  const { settled, faults } = await settledOf(shop, reserved);
  return {
    perSecond: (count * 1_000) / tookMs,
    pageOrders: count / pages,
    faults: [...faults, ...missing(settled, count)],
  };
}

async function reserveInPages(shop: Shop, wrk: Wrk, settings: Settings) {
  const reserved = await reserveUnsettled(shop, wrk, settings);
  await whenStill(shop, reserved.saleId);
  const { waiting, active } = await shop.queue.depth();
  if (waiting + active === 0) throw new Error("no page waits: the worker went on");
  return reserved;
}

/** Requests that were under way when the load ended are reserved a moment later. */
async function whenStill(shop: Shop, saleId: string): Promise<void> {
  const { reader } = await shop.stores.gate();
  let before = -1;
  const isStill = async () => {
    const held = (await reader.totals(saleId))?.totals.held ?? 0;
    const still = held === before;
    before = held;
    return still;
  };
  if (!(await until(isStill, STILL_MS_MAX, { everyMs: 200 }))) throw new Error(`${saleId} goes on being reserved`);
}
