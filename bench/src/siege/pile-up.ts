import { until } from "../fleet/until.ts";
import type { Battlefield } from "./battlefield.ts";

/** A fault that is to hit live holds waits for so many new units of them, but not for ever. */
const UNITS_MIN = 400;
const WAIT_MS_MAX = 4_000;
/** Nothing can be held of what is sold out: the next sale is awaited, which opens within this time. */
const STOCK_MS_MAX = 40_000;

/** Stops all workers, so that holds pile up in the gate, does the harm, and lets them go on. */
export async function whileHoldsPileUp<Value>(
  { fleet, stores, calendar }: Battlefield,
  harm: () => Promise<Value>,
): Promise<Value> {
  const running = () => stores.units(calendar.running().map(({ id }) => id));
  await until(async () => (await running()).available >= UNITS_MIN, STOCK_MS_MAX);
  const workers = fleet.of("worker");
  for (const { process } of workers) process.freeze();
  try {
    let before = Number.POSITIVE_INFINITY;
    const enough = async () => {
      const { held } = await running();
      // what was held before may be carts that a recovery has written down: losing those loses nothing
      before = Math.min(before, held);
      return held >= before + UNITS_MIN;
    };
    await until(enough, WAIT_MS_MAX);
    return await harm();
  } finally {
    for (const { process } of workers) process.thaw();
  }
}
