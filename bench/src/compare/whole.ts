/** The whole path: reserved and settled, with everything on. */

import { type Shop, shareOf, sumOf, type Usage, usedBetween } from "../deployment/shop.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { costRows } from "./cost-rows.ts";
import { sampleOf } from "./doors.ts";
import { BODY, checkoutsOf, type LoadShape } from "./load-plan.ts";
import { inTurn, ratioRow, repeated, runsRow } from "./ratio.ts";
import { ReferenceApp } from "./reference-app.ts";
import { reserveFor, settledOf } from "./reserving.ts";
import { perCpuSecond, perSecond, referenceRun } from "./served.ts";
import { Wrk } from "./wrk.ts";

/** A run until its last commit. Rates are of the time from the first request to the last commit. */
export interface SettledRun {
  readonly settled: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly usedMs: Usage;
  readonly faults: readonly string[];
}

export const whole: Figure = {
  name: "whole",
  about: "checkouts reserved and settled by one process of each kind, to what a bare Express app alone answers",
  measure: (settings, shops) => shops.with(settings, (shop) => measureWhole(shop, settings)),
};

export const cpu: Figure = {
  name: "cpu",
  about: "processor time of a settled order, by the accounts of all processes",
  measure: (settings, shops) => shops.with(settings, (shop) => measureCpu(shop, settings)),
};

async function measureWhole(shop: Shop, settings: Settings): Promise<Reading> {
  const wrk = await Wrk.find(process.env);
  const answer = await sampleOf(shop);
  const app = await ReferenceApp.start("express", answer);
  try {
    const asked = { answer, paths: [checkoutsOf("s")], body: BODY };
    const { ours, theirs } = await inTurn(
      settings.pairs,
      () => settledRun(shop, wrk, settings),
      () => referenceRun(wrk, app, asked, settings),
    );
    return {
      rows: [
        ratioRow("reserved and settled/s, to what a bare Express app answers", perSecond(ours), perSecond(theirs), {
          atLeast: 2.2,
        }),
        ratioRow("the same for a second of processor time", perCpuSecond(ours), perCpuSecond(theirs)),
        runsRow("reserved and settled", "/s", perSecond(ours)),
        runsRow("bare Express app", "/s", perSecond(theirs)),
        runsRow(
          "bare Express app, processor time",
          "ms each",
          perCpuSecond(theirs).map((perS) => 1_000 / perS),
        ),
        ...orderCostRows(ours),
      ],
      faults: [...ours, ...theirs].flatMap(({ faults }) => faults),
      ...shop.stage.versions,
    };
  } finally {
    await app.stop();
  }
}

async function measureCpu(shop: Shop, settings: Settings): Promise<Reading> {
  const wrk = await Wrk.find(process.env);
  const runs = await repeated(settings.pairs, () => settledRun(shop, wrk, settings));
  return { rows: orderCostRows(runs), faults: runs.flatMap(({ faults }) => faults), ...shop.stage.versions };
}

function orderCostRows(runs: readonly SettledRun[]) {
  const costs = runs.map(({ usedMs, settled }) => shareOf(usedMs, settled));
  return costRows("processor time of a settled order", costs, { atMost: 0.12 });
}

/** A new sale under load for so long, until all that was reserved is settled and audited. */
export async function settledRun(shop: Shop, wrk: Wrk, settings: LoadShape): Promise<SettledRun> {
  const reserved = await reserveFor(shop, wrk, settings);
  const { settled, lastAtMs, usage, faults } = await settledOf(shop, reserved);
  const usedMs = usedBetween(reserved.before, usage);
  const seconds = (lastAtMs - reserved.startedAtMs) / 1_000;
  return {
    settled,
    seconds,
    perSecond: settled / seconds,
    perCpuSecond: (settled * 1_000) / sumOf(usedMs),
    usedMs,
    faults,
  };
}
