import { generatedCatalogue } from "../../domain/item.ts";
import { type AttemptRecording, HOUR_MS, HOURLY_ITEMS, hourlySale, hourOf, isHourly } from "../../domain/sale.ts";
import type { Clock } from "../ports/clock.ts";
import type { SaleLedger } from "../ports/ledger.ts";
import type { Telemetry } from "../ports/telemetry.ts";

export interface RotateParts {
  readonly ledger: SaleLedger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** What the sales that it makes keep of attempts; `all` where it is left out. */
  readonly attempts?: AttemptRecording;
}

/** Sales prepared ahead of the running one, so that an hour may turn while no scheduler lives. */
export const SALES_AHEAD = 2;
/** Missed hours are made up for as far back as this; older ones stay missed. */
export const CATCH_UP_HOURS_MAX = 24;
/** How many recent sales are looked at for the last hour that was scheduled; custom sales share the list. */
const RECENT_SALES = 200;

/**
 * Makes sure that the hourly sales up to {@link SALES_AHEAD} hours from now exist, the hours missed since the last one
 * included. Any number of schedulers may run it at once: the sale's id decides. Returns the ids it created.
 */
export async function rotateSales(parts: RotateParts): Promise<string[]> {
  const current = hourOf(parts.clock.nowMs());
  const recent = await parts.ledger.list({ limit: RECENT_SALES });
  const scheduled = new Set(recent.map((sale) => sale.id));
  const hours = recent.filter((sale) => isHourly(sale.id)).map((sale) => sale.opensAtMs);
  const earliest = current - CATCH_UP_HOURS_MAX * HOUR_MS;
  const first = Math.max(earliest, Math.min(current, Math.max(...hours, -Infinity) + HOUR_MS));

  const created: string[] = [];
  for (let hour = hours.length > 0 ? first : current; hour <= current + SALES_AHEAD * HOUR_MS; hour += HOUR_MS) {
    const plan = { ...hourlySale(hour), attempts: parts.attempts };
    if (scheduled.has(plan.id)) continue;
    const outcome = await parts.ledger.schedule(plan, generatedCatalogue(plan.id, HOURLY_ITEMS));
    if (outcome === "exists") continue;
    parts.telemetry.emit({ kind: "sale_scheduled", saleId: plan.id });
    created.push(plan.id);
  }
  return created;
}
