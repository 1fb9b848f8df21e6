/** A process of its own: runs the ranges of seeds that its parent sends, until the parent lets go. */
import { simulate } from "@flashgate/core/simulation";
import { type RangeResult, runRange } from "./range-result.ts";
import type { SeedRange } from "./seed-range.ts";

export interface RangeOrder extends SeedRange {
  readonly code: string;
}

process.on("message", async (order: RangeOrder) => {
  const result: RangeResult = await runRange(simulate, order, order.code, () => performance.now());
  process.send?.(result);
});
process.on("disconnect", () => process.exit());
