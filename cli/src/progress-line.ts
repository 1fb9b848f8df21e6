import type { GateTotals } from "@flashgate/core";
import { fixed, grouped } from "./numbers.ts";
import { palette } from "./palette.ts";
import { stockBar } from "./stock-bar.ts";
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
/** The line is cut to its terminal by characters, so that it has no colours. */
const PLAIN = palette(false);

/** One line: how far the sale is, how fast, and who was refused. At most `columns` wide. */
export function progressText({ phase, totals, tally, elapsedMs }: Moment, columns: number): string {
  const seconds = elapsedMs / 1_000;
  const acknowledged = tally.acknowledged.length;
  const refused = [...tally.refusals, ...tally.retries].map(([code, times]) => `${code} ${grouped(times)}`);
  const parts = [
    totals ? `${stockBar(totals, BAR_CELLS, PLAIN)} ${grouped(totals.sold)} sold` : "the gate is away",
    phase === "selling" ? `${grouped(seconds > 0 ? acknowledged / seconds : 0)}/s` : LABELS[phase],
    `${grouped(acknowledged)} tickets`,
    ...refused,
    `${fixed(seconds)} s`,
  ];
  return parts.join("   ").slice(0, Math.max(0, columns - 1));
}

const LABELS = { settling: "settling", asking: "asking for every ticket", auditing: "auditing" } as const;

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
