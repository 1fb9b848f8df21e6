/** At half of what can be settled at most: how long a shopper waits for the 202, and how long that waits for its commit. */
import { openFeed } from "@flashgate/redis";
import type { Shop } from "../deployment/shop.ts";
import { nowMs } from "../figures/counter.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { atRate } from "../figures/pace.ts";
import { spreadOf } from "../figures/spread.ts";
import { FrontDoor } from "../siege/crowd/front-door.ts";
import { sampleOf } from "./doors.ts";
import { BODY, checkoutsOf } from "./load-plan.ts";
import { inTurn, ratioRow, repeated, runsRow } from "./ratio.ts";
import { ReferenceApp } from "./reference-app.ts";
import { ENDLESS, missing } from "./reserving.ts";
import { settledRun } from "./whole.ts";
import { Wrk } from "./wrk.ts";

const PATIENCE_MS = 30_000;
const ACCEPTED = 202;
const SHARE = 0.5;

export const latency: Figure = {
  name: "latency",
  about:
    "p99 of the 202 at half of the saturation rate, to a bare Express app at the same rate; from the intended start",
  measure: (settings, shops) => shops.with(settings, (shop) => measureLatency(shop, settings)),
};

export const lag: Figure = {
  name: "lag",
  about: "202 to the news of its commit at half of the saturation rate",
  measure: (settings, shops) => shops.with(settings, (shop) => measureLag(shop, settings)),
};

async function measureLatency(shop: Shop, settings: Settings): Promise<Reading> {
  const saturated = await saturation(shop, settings);
  const app = await ReferenceApp.start("express", await sampleOf(shop));
  try {
    const perS = saturated.perSecond * SHARE;
    const { ours, theirs } = await inTurn(
      settings.pairs,
      () => unhurriedRun(shop, settings, perS),
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
  const saturated = await saturation(shop, settings);
  const runs = await repeated(settings.pairs, () => unhurriedRun(shop, settings, saturated.perSecond * SHARE));
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
      runsRow("saturation, reserved and settled", "/s", [saturated.perSecond]),
    ],
    faults: [...saturated.faults, ...runs.flatMap(({ faults }) => faults)],
    ...shop.stage.versions,
  };
}

async function saturation(shop: Shop, settings: Settings) {
  return settledRun(shop, await Wrk.find(process.env), settings);
}

/** What a crowd saw: milliseconds from the intended start to the answer, and when which checkout was answered. */
interface Crowd {
  readonly waitedMs: readonly number[];
  readonly answeredAtMs: ReadonlyMap<string, number>;
  readonly faults: readonly string[];
}

interface UnhurriedRun extends Crowd {
  /** From the 202 to the news that it is committed, which comes a little after the commit. */
  readonly lagMs: readonly number[];
}

async function unhurriedRun(shop: Shop, settings: Settings, perS: number): Promise<UnhurriedRun> {
  const saleId = await shop.openSale(ENDLESS);
  const committedAtMs = new Map<string, number>();
  const events = await openFeed(shop.stage.local.redisUrl, "bench");
  try {
    await events.feed.subscribe(
      (event) => {
        if (event.kind !== "settled" || event.saleId !== saleId) return;
        for (const { checkoutId } of event.judged)
          if (!committedAtMs.has(checkoutId)) committedAtMs.set(checkoutId, nowMs());
      },
      () => undefined,
    );
    const crowd = await crowdOf(shop.stage.url, checkoutsOf(saleId), settings, perS);
    const { settled, faults } = await shop.drained(saleId);
    const lagMs = [...crowd.answeredAtMs].flatMap(([id, atMs]) => {
      const committed = committedAtMs.get(id);
      // who is answered after the commit did not wait for it
      return committed === undefined ? [] : [Math.max(0, committed - atMs)];
    });
    const untold = crowd.answeredAtMs.size - lagMs.length;
    return {
      ...crowd,
      lagMs,
      faults: [
        ...faults,
        ...crowd.faults,
        ...missing(crowd.answeredAtMs.size, settled),
        ...(untold > 0 ? [`of ${untold} checkouts nobody told that they are settled`] : []),
      ],
    };
  } finally {
    events.close();
  }
}

/** Shoppers come at their rate, whether those before were answered or not. */
async function crowdOf(url: string, path: string, { seconds }: Settings, perS: number): Promise<Crowd> {
  const door = new FrontDoor();
  const waitedMs: number[] = [];
  const answeredAtMs = new Map<string, number>();
  const faults = new Set<string>();
  try {
    await atRate(Math.ceil(seconds * perS), perS, async (index, meantMs) => {
      const headers = { "content-type": "application/json", "x-user-id": `s1234567-0-${index}` };
      const answer = await door.ask(url, { method: "POST", path, headers, body: BODY, patienceMs: PATIENCE_MS });
      waitedMs.push(performance.now() - meantMs);
      if (answer.kind !== "answer" || answer.status !== ACCEPTED) {
        faults.add(`somebody was answered ${answer.kind === "answer" ? answer.status : answer.why}`);
      } else {
        answeredAtMs.set((JSON.parse(answer.body) as { readonly id: string }).id, nowMs());
      }
    });
  } finally {
    await door.close();
  }
  return { waitedMs, answeredAtMs, faults: [...faults] };
}
