import type { Settings } from "../figures/figure.ts";
import type { LoadPlan } from "./wrk.ts";

/** What every shopper asks for: one unit of anything. */
export const BODY = '{"items":[{"item_id":"any","quantity":1}]}';

/** The path of a sale's checkouts. */
export function checkoutsOf(saleId: string): string {
  return `/v1/sales/${saleId}/checkouts`;
}

/** GETs, or POSTs where there is a body, by shoppers who never asked before. */
export function loadPlan(
  url: string,
  { connections, seconds }: Pick<Settings, "connections" | "seconds">,
  paths: readonly string[],
  body?: string,
): LoadPlan {
  const prefix = `s${Math.trunc(performance.now())}`;
  return { url, connections, seconds, paths, ...(body === undefined ? {} : { post: { body, prefix } }) };
}
