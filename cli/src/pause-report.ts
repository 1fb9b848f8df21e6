import type { Sale } from "@flashgate/core";
import { saleJson } from "./sale-table.ts";

/** What came of pausing or resuming a sale. */
export interface PauseReport {
  /** As it is now. */
  readonly sale: Sale;
  /** Whether this changed it; else it was so already. */
  readonly changed: boolean;
  /** Whether the gate knows. */
  readonly told: boolean;
  readonly atMs: number;
}

/** A line of what happened, and one of whether it is in force. */
export function pauseText({ sale, changed, told, atMs }: PauseReport): string {
  const since = `since ${new Date(atMs).toISOString().slice(11, 19)} UTC`;
  const done = sale.paused
    ? changed
      ? `Sale ${sale.id} is paused ${since}: nobody new is admitted, and what was admitted settles.`
      : `Sale ${sale.id} was paused already, and stays so.`
    : changed
      ? `Sale ${sale.id} is resumed ${since}: it admits as its hours say.`
      : `Sale ${sale.id} was not paused, and is not now.`;
  return `${done}\n${told ? TOLD : PENDING}`;
}

const TOLD = "The gate was told: it is in force.";
const PENDING = "The gate is not open, or away: it is told when it opens, or at the scheduler's next look.";

/** The same for machines. */
export function pauseJson({ sale, changed, told, atMs }: PauseReport): object {
  return {
    ...saleJson(sale, atMs),
    changed,
    since: changed ? new Date(atMs).toISOString() : null,
    gate: told ? "told" : "pending",
  };
}
