import type { Settings } from "../figures/figure.ts";
import type { LoadPlan } from "./wrk.ts";

/** What a run under load takes of the settings, and whether its shoppers are spread over all that there are. */
export type LoadShape = Pick<Settings, "connections" | "seconds"> & { readonly spread?: boolean };

/** What every shopper asks for: one unit of anything. */
export const BODY = '{"items":[{"item_id":"any","quantity":1}]}';

/** The path of a sale's checkouts. */
export function checkoutsOf(saleId: string): string {
  return `/v1/sales/${saleId}/checkouts`;
}

/** GETs, or POSTs where there is a body, by shoppers who never asked before. */
export function loadPlan(
  url: string,
  { connections, seconds, spread = false }: LoadShape,
  paths: readonly string[],
  body?: string,
): LoadPlan {
  const prefix = `s${Math.trunc(performance.now())}`;
  return { url, connections, seconds, paths, ...(body === undefined ? {} : { post: { body, prefix, spread } }) };
}
