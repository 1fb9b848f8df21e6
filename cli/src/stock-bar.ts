import type { GateTotals } from "@flashgate/core";
import type { Palette } from "./palette.ts";

/** Sold, held and available, as shares of a bar of so many cells. */
export function stockBar({ available, held, sold }: GateTotals, cells: number, { good, warn, dim }: Palette): string {
  const total = Math.max(1, available + held + sold);
  const soldCells = Math.floor((sold / total) * cells);
  const takenCells = Math.ceil(((sold + held) / total) * cells);
  return [
    good("█".repeat(soldCells)),
    warn("▒".repeat(takenCells - soldCells)),
    dim("░".repeat(cells - takenCells)),
  ].join("");
}
