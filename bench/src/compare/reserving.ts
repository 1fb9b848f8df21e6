import type { Drained, Shop, Usage } from "../deployment/shop.ts";
import { BODY, checkoutsOf, type LoadShape, loadPlan } from "./load-plan.ts";
import { loadFaults } from "./served.ts";
import type { Load, Wrk } from "./wrk.ts";

/** A sale that no run can sell out: what is measured is never a refusal. */
export const ENDLESS = { items: 10_000, stock: 100 } as const;

/** For so long nothing may be settled: what is reserved meanwhile is less than one sale holds before it asks shoppers to come back. */
const UNSETTLED_S_MAX = 3;

/** A sale that was under load, and what its processes had used before it and when it ended. */
export interface Reserved {
  readonly saleId: string;
  readonly load: Load;
  /** By the database's clock. */
  readonly startedAtMs: number;
  readonly before: Usage;
  readonly after: Usage;
}

/** Opens a sale and puts it under load for so long. */
export async function reserveFor(shop: Shop, wrk: Wrk, settings: LoadShape): Promise<Reserved> {
  const saleId = await shop.openSale(ENDLESS);
  const before = shop.usage();
  const startedAtMs = await shop.nowMs();
  const load = await wrk.run(loadPlan(shop.stage.url, settings, [checkoutsOf(saleId)], BODY));
  return { saleId, load, startedAtMs, before, after: shop.usage() };
}

/** The same where no worker settles. */
export function reserveUnsettled(shop: Shop, wrk: Wrk, { seconds, ...shape }: LoadShape): Promise<Reserved> {
  return reserveFor(shop, wrk, { ...shape, seconds: Math.min(seconds, UNSETTLED_S_MAX) });
}

/** Waits until all of it is settled, and audits. Whoever was answered otherwise than all, or not settled, is a fault. */
export async function settledOf(shop: Shop, { saleId, load }: Pick<Reserved, "saleId" | "load">): Promise<Drained> {
  const drained = await shop.drained(saleId);
  const faults = [...drained.faults, ...loadFaults("the api", load, false), ...missing(load.requests, drained.settled)];
  return { ...drained, faults };
}

/** Who was told that a checkout is reserved sees it settled; connections that end with the load may leave some more. */
export function missing(promised: number, settled: number): string[] {
  return settled >= promised ? [] : [`${promised} checkouts were reserved, and ${settled} settled`];
}
