import { setTimeout as pause } from "node:timers/promises";
import type { AttemptRecording } from "@flashgate/core";
import { FrontDoor } from "../siege/crowd/front-door.ts";
import type { Cost, Measurement } from "./comparison.ts";
import { orderOf } from "./comparison.ts";
import type { Deployment, Usage } from "./deployment.ts";
import { Disturbed, sendShoppers } from "./shoppers.ts";

export interface Plan {
  readonly rounds: number;
  /** Units of a sale, each a checkout of its own. */
  readonly checkouts: number;
  /** Shoppers who come when it is sold out. */
  readonly refusals: number;
  readonly connections: number;
}

/** An api writes what it has noted of refusals every half second; this is past it, for every setting alike. */
const RECORDED_MS = 1_500;
const TRIES_MAX = 4;
const ACCEPTED = 202;
const SOLD_OUT = 409;

/**
 * Measures the three settings round by round. `onSale` hears of every sale before it is sold. One in which a shopper was
 * told to come back is measured anew, a few times.
 */
export async function measure(
  deployment: Deployment,
  plan: Plan,
  onSale: (round: number, attempts: AttemptRecording) => void,
): Promise<Measurement[]> {
  const door = new FrontDoor();
  const measured: Measurement[] = [];
  try {
    // Caches, connections and compiled code: a first sale pays for them that does not count.
    await undisturbed(() => measureSale(deployment, door, { ...plan, attempts: "all", round: 0 }));
    for (let round = 1; round <= plan.rounds; round += 1) {
      for (const attempts of orderOf(round)) {
        onSale(round, attempts);
        measured.push(await undisturbed(() => measureSale(deployment, door, { ...plan, attempts, round })));
      }
    }
  } finally {
    await door.close();
  }
  return measured;
}

/** A machine that has other things to do may be too slow for a while; one that always is cannot be measured on. */
async function undisturbed(measureOnce: () => Promise<Measurement>): Promise<Measurement> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await measureOnce();
    } catch (error) {
      if (!(error instanceof Disturbed) || tries === TRIES_MAX) throw error;
    }
  }
}

type SalePlan = Plan & Pick<Measurement, "attempts" | "round">;

/** Throws where the ledger has not kept exactly what the sale was to keep: then nothing of that kind was measured. */
async function measureSale(deployment: Deployment, door: FrontDoor, plan: SalePlan): Promise<Measurement> {
  const { attempts, round, connections } = plan;
  const saleId = await deployment.openSale(attempts, plan.checkouts);
  const errands = { url: deployment.apiUrl, saleId, connections };
  const checkouts = await costOf(deployment, plan.checkouts, async () => {
    await sendShoppers(door, { ...errands, crowd: "buyer", count: plan.checkouts, wanted: ACCEPTED });
    await deployment.settled(saleId, plan.checkouts);
  });
  const refusals = await costOf(deployment, plan.refusals, async (stop) => {
    await sendShoppers(door, { ...errands, crowd: "late", count: plan.refusals, wanted: SOLD_OUT });
    stop();
    await pause(RECORDED_MS);
  });
  const kept = await deployment.attemptsOf(saleId);
  const wanted = {
    accepted: attempts === "off" ? 0 : plan.checkouts,
    refused: attempts === "all" ? plan.refusals : 0,
  };
  if (kept.accepted !== wanted.accepted || kept.refused !== wanted.refused) {
    throw new Error(`a sale that keeps ${attempts} has ${JSON.stringify(kept)}, not ${JSON.stringify(wanted)}`);
  }
  return { attempts, round, checkouts, refusals };
}

/** What the work cost; the rate is of the time until it was done, or until it said `stop`. */
async function costOf(
  deployment: Deployment,
  requests: number,
  work: (stop: () => void) => Promise<void>,
): Promise<Cost> {
  const before = await deployment.usage();
  const startedMs = performance.now();
  let stoppedMs: number | null = null;
  await work(() => {
    stoppedMs = performance.now();
  });
  const tookMs = (stoppedMs ?? performance.now()) - startedMs;
  const after = await deployment.usage();
  const per1000 = (read: (usage: Usage) => number) => ((read(after) - read(before)) * 1_000) / requests;
  return {
    perSecond: (requests * 1_000) / tookMs,
    apiMs: per1000((usage) => usage.apiMs),
    workerMs: per1000((usage) => usage.workerMs),
    postgresMs: per1000((usage) => usage.postgresMs),
    walKib: per1000((usage) => usage.walBytes) / 1_024,
  };
}
