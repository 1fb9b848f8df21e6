import { Fleet } from "../fleet/fleet.ts";
import { SERVICES } from "../fleet/service-process.ts";
import { Campaign, type SiegeOptions, type SiegeRun } from "./campaign.ts";
import { planOf } from "./plan.ts";
import { Stores } from "./stores.ts";

/** Processes of each service. */
const COUNT = 2;
/** What a siege may take beyond its minutes before it is given up. */
const OVERTIME_MS_MAX = 8 * 60_000;
/** Clocks that are wrong, the right ones beside them. */
const SKEW_MS = { "api-2": 45_000, "worker-2": -30_000, "scheduler-2": -20_000 };

/**
 * Runs a siege: a fleet, a crowd and a plan of faults; then everything is healed, every ticket asked for, every sale
 * closed and audited. `judge` reads the ledger while it still lives. Throws when the siege itself cannot be run.
 */
export async function besiege<Verdict>(
  options: SiegeOptions,
  judge: (run: SiegeRun) => Promise<Verdict>,
): Promise<{ readonly run: SiegeRun; readonly verdict: Verdict }> {
  const { minutes, kills, seed, signal } = options;
  const names = Object.fromEntries(
    SERVICES.map((service) => [service, Array.from({ length: COUNT }, (_, index) => `${service}-${index + 1}`)]),
  ) as Record<(typeof SERVICES)[number], string[]>;
  const plan = planOf({ minutes, kills, seed, names });
  const storeDeaths: string[] = [];
  const fleet = await Fleet.start({
    ...options,
    count: COUNT,
    skewMs: SKEW_MS,
    onStoreDied: (store, how) => storeDeaths.push(`${store} ${how}`),
  });
  const stores = new Stores(fleet);
  const overtime = AbortSignal.timeout(minutes * 60_000 + OVERTIME_MS_MAX);
  try {
    const bounded = { ...options, signal: AbortSignal.any([signal, overtime]) };
    const run = await new Campaign(bounded, fleet, stores, storeDeaths).run(plan);
    return { run, verdict: await judge(run) };
  } finally {
    await stores.close();
    await fleet.stop();
  }
}
