import type { Verdict } from "./checkout.ts";
import { type Line, unitsOf } from "./lines.ts";

/** What a settled checkout bought: uniform, since a checkout settles wholly or not at all. */
export interface PurchaseResult {
  readonly success: boolean;
  readonly lines: readonly (Line & { readonly sold: boolean })[];
  /** In units. */
  readonly totalPurchased: number;
  readonly failedCount: number;
}

/** The purchase result of a verdict: the same verdict always gives the same result. */
export function purchaseResult(verdict: Verdict, lines: readonly Line[]): PurchaseResult {
  const sold = verdict.state === "confirmed";
  const units = unitsOf(lines);
  return {
    success: sold,
    lines: lines.map((line) => ({ ...line, sold })),
    totalPurchased: sold ? units : 0,
    failedCount: sold ? 0 : units,
  };
}
