import type { GateTotals } from "@flashgate/core";
import { fixed, grouped } from "./numbers.ts";
import type { Tally } from "./tally.ts";

/** What a load run looks like at one moment. */
export interface Moment {
  readonly phase: "selling" | "settling" | "asking" | "auditing";
  /** Null where the gate cannot be read. */
  readonly totals: GateTotals | null;
  readonly tally: Tally;
  readonly elapsedMs: number;
}

const BAR_CELLS = 24;

/** One line: how far the sale is, how fast, and who was refused. At most `columns` wide. */
export function progressText({ phase, totals, tally, elapsedMs }: Moment, columns: number): string {
  const seconds = elapsedMs / 1_000;
  const acknowledged = tally.acknowledged.length;
  const refused = [...tally.refusals, ...tally.retries].map(([code, times]) => `${code} ${grouped(times)}`);
  const parts = [
    totals ? `${bar(totals)} ${grouped(totals.sold)} sold` : "the gate is away",
    phase === "selling" ? `${grouped(seconds > 0 ? acknowledged / seconds : 0)}/s` : LABELS[phase],
    `${grouped(acknowledged)} tickets`,
    ...refused,
    `${fixed(seconds)} s`,
  ];
  return parts.join("   ").slice(0, Math.max(0, columns - 1));
}

const LABELS = { settling: "settling", asking: "asking for every ticket", auditing: "auditing" } as const;

/** Sold, held and available, as shares of the whole. */
function bar({ available, held, sold }: GateTotals): string {
  const total = Math.max(1, available + held + sold);
  const soldCells = Math.floor((sold / total) * BAR_CELLS);
  const takenCells = Math.ceil(((sold + held) / total) * BAR_CELLS);
  return "█".repeat(soldCells) + "▒".repeat(takenCells - soldCells) + "░".repeat(BAR_CELLS - takenCells);
}

/** Redraws one line of a terminal. */
export class ProgressLine {
  readonly #terminal: { write(text: string): unknown };

  constructor(terminal: { write(text: string): unknown }) {
    this.#terminal = terminal;
  }

  draw(text: string): void {
    this.#terminal.write(`\r\x1b[2K${text}`);
  }

  clear(): void {
    this.draw("");
  }
}
