import { until } from "../fleet/until.ts";
import type { Battlefield } from "./battlefield.ts";

/** A fault that is to hit live holds waits for so many units of them, but not for ever. */
const UNITS_MIN = 400;
const WAIT_MS_MAX = 4_000;

/** Stops all workers, so that holds pile up in the gate, does the harm, and lets them go on. */
export async function whileHoldsPileUp<Value>(
  { fleet, stores, calendar }: Battlefield,
  harm: () => Promise<Value>,
): Promise<Value> {
  const workers = fleet.of("worker");
  for (const { process } of workers) process.freeze();
  try {
    const saleIds = calendar.running().map(({ id }) => id);
    await until(async () => (await stores.heldUnits(saleIds)) >= UNITS_MIN, WAIT_MS_MAX);
    return await harm();
  } finally {
    for (const { process } of workers) process.thaw();
  }
}
