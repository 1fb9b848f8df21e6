import { phaseOf, type Sale } from "@flashgate/core";
import { grouped } from "./numbers.ts";
import type { Palette } from "./palette.ts";
import { alignedLines } from "./table.ts";

/** Sales as an aligned table, in the order given. */
export function saleTable(sales: readonly Sale[], nowMs: number, { bold, dim }: Palette): string {
  if (sales.length === 0) return 'No sale yet. Make one: "flashgate sale new --items 1000".';
  const rows = sales.map((sale) => [
    sale.id,
    phaseOf(sale, nowMs),
    minuteOf(sale.opensAtMs),
    minuteOf(sale.closesAtMs),
    grouped(sale.itemsSold),
    grouped(sale.totalItems),
    String(sale.epoch),
  ]);
  const head = ["sale", "phase", "opens (UTC)", "closes (UTC)", "sold", "units", "epoch"];
  const [title, ...lines] = alignedLines(head, rows, NUMBERS_FROM);
  return [dim(title), ...lines.map((line, at) => (rows[at]?.[1] === "open" ? bold(line) : line))].join("\n");
}

/** The first column of numbers. */
const NUMBERS_FROM = 4;

function minuteOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
}

/** A sale for machines, in the words of the HTTP API. */
export function saleJson(sale: Sale, nowMs: number): object {
  return {
    id: sale.id,
    phase: phaseOf(sale, nowMs),
    state: sale.state,
    paused: sale.paused,
    opens_at: new Date(sale.opensAtMs).toISOString(),
    closes_at: new Date(sale.closesAtMs).toISOString(),
    settle_until: new Date(sale.settleUntilMs).toISOString(),
    limit_per_user: sale.limitPerUser,
    attempts: sale.attempts,
    total_items: sale.totalItems,
    items_sold: sale.itemsSold,
    items_held: sale.itemsHeld,
    epoch: sale.epoch,
  };
}
