import { isHourly, type Sale } from "@flashgate/core";

/**
 * The sale that `current` means at `nowMs`, chosen as the api chooses: the hourly one whose window holds that moment,
 * else the latest that is running, else the next. Null where there is none.
 */
export function currentSale(sales: readonly Sale[], nowMs: number): Sale | null {
  const running = sales.filter((sale) => sale.opensAtMs <= nowMs && nowMs < sale.closesAtMs);
  const latest = running.toSorted((a, b) => b.opensAtMs - a.opensAtMs)[0];
  const next = sales.filter((sale) => sale.opensAtMs > nowMs).toSorted((a, b) => a.opensAtMs - b.opensAtMs)[0];
  return running.find((sale) => isHourly(sale.id)) ?? latest ?? next ?? null;
}
