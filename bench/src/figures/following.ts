import { BODY, checkoutsOf, loadPlan } from "../compare/load-plan.ts";
import { ENDLESS, settledOf } from "../compare/reserving.ts";
import { Wrk } from "../compare/wrk.ts";
import type { Shop } from "../deployment/shop.ts";
import { Counter, type Seen } from "./counter.ts";
import { EventSocket } from "./event-socket.ts";
import type { Figure, Reading, Row, Settings } from "./figure.ts";
import { atRate } from "./pace.ts";
import { lateness, type Shown } from "./shown.ts";
import { spreadOf } from "./spread.ts";
import { Storefront } from "./storefront.ts";
import { verdictTold } from "./told-verdict.ts";

/** What is promised of who watches a sale while a crowd buys. */
const BEHIND_MS_MAX = 250;
/** Tickets that are followed besides, in a second: each is four requests more, and not the crowd. */
const TICKETS_PER_S_MAX = 20;
/** As much as one shopper can have. */
const BOUGHT_ON_PAGE = 10;

/**
 * How far behind the ledger is what shoppers see while a crowd hammers the sale: the sale's stream and tickets' streams
 * as they arrive, and both as the storefront says them in a browser. A verdict's moment is taken inside its transaction,
 * a little before the commit, so that the figures are upper bounds; so is that all of it runs on the machine under load.
 */
export const following: Figure = {
  name: "following",
  about:
    "ledger to stream and to the storefront in a Chromium: stock and tickets, while --workers buyers hammer the sale",
  measure: (settings, shops) => shops.with(settings, (shop) => measure(shop, settings)),
};

async function measure(shop: Shop, settings: Settings): Promise<Reading> {
  const { workers, seconds, ratePerS } = settings;
  const { url } = shop.stage;
  const wrk = await Wrk.find(process.env);
  const saleId = await shop.openSale(ENDLESS);
  const counter = new Counter(url, saleId);
  const storefront = await Storefront.open(url);
  const told: Shown[] = [];
  const stream = new EventSocket(url, `/v1/sales/${saleId}/events`, ({ name, data, seenAtMs: atMs }) => {
    if (name === "stock") told.push({ sold: (JSON.parse(data) as { sold: number }).sold, atMs });
  });
  try {
    await stream.opened;
    const crowd = wrk.start(loadPlan(url, { connections: workers, seconds }, [checkoutsOf(saleId)], BODY));
    const perS = Math.min(ratePerS, TICKETS_PER_S_MAX);
    const tickets = atRate(perS * seconds, perS, (index) => verdictTold(url, counter, `told-${index}`));
    const bought = buyAll(storefront);
    // awaited when the crowd has left
    for (const side of [tickets, bought]) side.catch(() => undefined);
    const load = await crowd.done;
    const leftAtMs = await shop.nowMs();
    const seen = await tickets;
    await bought;
    const { faults } = await settledOf(shop, { saleId, load });
    const soldAtMs = await soldTimes(shop, saleId);
    const page = await storefront.seen();
    // what was still to be settled when the crowd had left was not hammered any more
    const hammered = soldAtMs.filter((atMs) => atMs <= leftAtMs);
    return {
      rows: [
        lateRow(`stock on a stream, ${workers} buyers at the door`, lateness(hammered, told)),
        lateRow("tickets on streams of theirs", lagsOf(seen)),
        lateRow("stock on the storefront in a Chromium", lateness(hammered, page.stock)),
        lateRow("tickets there, bought one after the other", lagsOf(page.tickets)),
        { what: "settled meanwhile", unit: "/s", values: { rate: hammered.length / load.seconds } },
      ],
      faults: [
        ...faults,
        ...[...seen, ...page.tickets].flatMap(({ status }) =>
          status === "confirmed" ? [] : [`a checkout ended ${status}`],
        ),
      ],
      ...shop.stage.versions,
    };
  } finally {
    stream.leave();
    await Promise.all([storefront.close(), counter.close()]);
  }
}

async function buyAll(storefront: Storefront): Promise<void> {
  for (let nth = 0; nth < BOUGHT_ON_PAGE; nth += 1) await storefront.buy();
}

/** When each unit was sold by the ledger, in order: every checkout of such a sale is one unit. */
async function soldTimes({ pool }: Shop, saleId: string): Promise<number[]> {
  const { rows } = await pool.query<{ at: number }>(
    `select extract(epoch from decided_at)::float8 * 1000 as at
     from flashgate.checkouts where sale_id = $1 and state = 'confirmed' order by decided_at`,
    [saleId],
  );
  return rows.map(({ at }) => at);
}

function lagsOf(seen: readonly Seen[]): number[] {
  return seen.map(({ seenAtMs, decidedAtMs }) => seenAtMs - decidedAtMs);
}

function lateRow(what: string, lags: readonly number[]): Row {
  return { what, unit: "ms", values: { ...spreadOf(lags) }, bound: { of: "p99", atMost: BEHIND_MS_MAX } };
}
