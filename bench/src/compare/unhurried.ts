/** At half of what can be settled at most: how long a shopper waits for the 202, and how long that waits for its commit. */
import { openFeed } from "@flashgate/redis";
import type { Shop } from "../deployment/shop.ts";
import { nowMs } from "../figures/counter.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { atRate } from "../figures/pace.ts";
import { spreadOf } from "../figures/spread.ts";
import { FrontDoor } from "../siege/crowd/front-door.ts";
import { sampleOf } from "./doors.ts";
import { BODY, checkoutsOf, loadPlan } from "./load-plan.ts";
import { inTurn, ratioRow, repeated, runsRow } from "./ratio.ts";
import { ReferenceApp } from "./reference-app.ts";
import { ENDLESS, missing, settledOf } from "./reserving.ts";
import { sendShoppers } from "./shoppers.ts";
import { settledRun } from "./whole.ts";
import { Wrk } from "./wrk.ts";

const PATIENCE_MS = 30_000;
const ACCEPTED = 202;
const SHARE = 0.5;
/** So many times the connections of a load that never rests: each of them rests most of the time. */
const CROWD_TIMES = 4;
/** What a crowd of ours is sent for, about as many as it manages. */
const CROWD_A_SECOND = 5_000;

export const latency: Figure = {
  name: "latency",
  about:
    "p99 of the 202 at half of what the same crowd gets settled, to a bare Express app's at that rate; from the intended start",
  measure: (settings, shops) => shops.with(settings, (shop) => measureLatency(shop, settings)),
};

export const lag: Figure = {
  name: "lag",
  about: "202 to the news of its commit at half of the saturation rate",
  measure: (settings, shops) => shops.with(settings, (shop) => measureLag(shop, settings)),
};

async function measureLatency(shop: Shop, settings: Settings): Promise<Reading> {
  const saturated = await saturatedBy(shop, settings);
  const app = await ReferenceApp.start("express", await sampleOf(shop));
  try {
    const perS = saturated.perSecond * SHARE;
    // compiled, as ours is by now
    await crowdOf(app.url, checkoutsOf("s"), settings, perS);
    const { ours, theirs } = await inTurn(
      settings.pairs,
      () => servedAtRate(shop, settings, perS),
      async () => crowdOf(app.url, checkoutsOf("s"), settings, perS),
    );
    const p99 = (runs: readonly Crowd[]) => runs.map(({ waitedMs }) => spreadOf(waitedMs).p99);
    const p50 = (runs: readonly Crowd[]) => runs.map(({ waitedMs }) => spreadOf(waitedMs).p50);
    return {
      rows: [
        ratioRow("p99 of the 202, to a bare Express app's", p99(ours), p99(theirs), { atMost: 2 }),
        runsRow("saturation, reserved and settled", "/s", [saturated.perSecond]),
        runsRow("p99 of the 202", "ms", p99(ours)),
        runsRow("p50 of the 202", "ms", p50(ours)),
        runsRow("bare Express app, p99", "ms", p99(theirs)),
        runsRow("bare Express app, p50", "ms", p50(theirs)),
      ],
      faults: [...saturated.faults, ...[...ours, ...theirs].flatMap(({ faults }) => faults)],
      ...shop.stage.versions,
    };
  } finally {
    await app.stop();
  }
}

async function measureLag(shop: Shop, settings: Settings): Promise<Reading> {
  const wrk = await Wrk.find(process.env);
  const saturated = await settledRun(shop, wrk, settings);
  const perS = saturated.perSecond * SHARE;
  const runs = await repeated(settings.pairs, () => settledAtRate(shop, wrk, settings, perS));
  const spreads = runs.map(({ lagMs }) => spreadOf(lagMs));
  return {
    rows: [
      runsRow(
        "202 to the news of its commit, p99",
        "ms",
        spreads.map(({ p99 }) => p99),
        { below: 50 },
      ),
      runsRow(
        "202 to the news of its commit, p50",
        "ms",
        spreads.map(({ p50 }) => p50),
      ),
      runsRow(
        "checkouts that came",
        "/s",
        runs.map((run) => run.perSecond),
      ),
      runsRow("saturation, reserved and settled", "/s", [saturated.perSecond]),
    ],
    faults: [...saturated.faults, ...runs.flatMap(({ faults }) => faults)],
    ...shop.stage.versions,
  };
}

/** As many as the crowd gets settled that is to come at half of that: it costs more than other loads, on the same machine. */
async function saturatedBy(shop: Shop, { connections, seconds }: Settings) {
  const saleId = await shop.openSale(ENDLESS);
  const door = new FrontDoor();
  const startedAtMs = await shop.nowMs();
  const errands = { url: shop.stage.url, saleId, crowd: "many", connections, wanted: ACCEPTED };
  try {
    await sendShoppers(door, { ...errands, count: Math.ceil(seconds * CROWD_A_SECOND) });
  } finally {
    await door.close();
  }
  const { settled, lastAtMs, faults } = await shop.drained(saleId);
  return { perSecond: (settled * 1_000) / (lastAtMs - startedAtMs), faults };
}

/** What a crowd saw: milliseconds from the intended start to the answer. */
interface Crowd {
  readonly waitedMs: readonly number[];
  readonly accepted: number;
  readonly faults: readonly string[];
}

/** A crowd at a sale, which is settled and audited after it. */
async function servedAtRate(shop: Shop, settings: Settings, perS: number): Promise<Crowd> {
  const saleId = await shop.openSale(ENDLESS);
  const crowd = await crowdOf(shop.stage.url, checkoutsOf(saleId), settings, perS);
  const { settled, faults } = await shop.drained(saleId);
  return { ...crowd, faults: [...faults, ...crowd.faults, ...missing(crowd.accepted, settled)] };
}

/** What became of checkouts that came at a rate. */
interface SettledAtRate {
  readonly perSecond: number;
  /** From the gate's reservation, a little before its 202, to the news that it is committed, a little after the commit. */
  readonly lagMs: readonly number[];
  readonly faults: readonly string[];
}

/** Shoppers who come from many connections with pauses between: cheaper than a crowd of our own, which would be in the way. */
async function settledAtRate(shop: Shop, wrk: Wrk, settings: Settings, perS: number): Promise<SettledAtRate> {
  const saleId = await shop.openSale(ENDLESS);
  const toldAtMs = new Map<string, number>();
  const events = await openFeed(shop.stage.local.redisUrl, "bench");
  try {
    await events.feed.subscribe(
      (event) => {
        if (event.kind !== "settled" || event.saleId !== saleId) return;
        const atMs = nowMs();
        for (const { checkoutId } of event.judged) if (!toldAtMs.has(checkoutId)) toldAtMs.set(checkoutId, atMs);
      },
      () => undefined,
    );
    const connections = settings.connections * CROWD_TIMES;
    const pauseMs = Math.round((connections * 1_000) / perS);
    const plan = loadPlan(shop.stage.url, { connections, seconds: settings.seconds }, [checkoutsOf(saleId)], BODY);
    const load = await wrk.run({ ...plan, pauseMs });
    const { faults } = await settledOf(shop, { saleId, load });
    const orders = await shop.orders(saleId);
    const told = orders.flatMap(({ id, reservedAtMs }) => {
      const at = toldAtMs.get(id);
      return at === undefined ? [] : [at - reservedAtMs];
    });
    const untold = orders.length - told.length;
    return {
      perSecond: load.requests / load.seconds,
      lagMs: told,
      faults: [...faults, ...(untold > 0 ? [`of ${untold} checkouts nobody told that they are settled`] : [])],
    };
  } finally {
    events.close();
  }
}

/** Shoppers come at their rate, whether those before were answered or not. */
async function crowdOf(url: string, path: string, { seconds }: Settings, perS: number): Promise<Crowd> {
  const door = new FrontDoor();
  const waitedMs: number[] = [];
  let accepted = 0;
  const faults = new Set<string>();
  try {
    await atRate(Math.ceil(seconds * perS), perS, async (index, meantMs) => {
      const headers = { "content-type": "application/json", "x-user-id": `s1234567-0-${index}` };
      const answer = await door.ask(url, { method: "POST", path, headers, body: BODY, patienceMs: PATIENCE_MS });
      waitedMs.push(performance.now() - meantMs);
      if (answer.kind !== "answer" || answer.status !== ACCEPTED) {
        faults.add(`somebody was answered ${answer.kind === "answer" ? answer.status : answer.why}`);
      } else accepted += 1;
    });
  } finally {
    await door.close();
  }
  return { waitedMs, accepted, faults: [...faults] };
}
