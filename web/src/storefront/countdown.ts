import type { Sale } from "@flashgate/client";

/** What is counted down to: a label, and when. `toMs` null: nothing is planned. */
export interface Target {
  readonly label: string;
  readonly toMs: number | null;
}

/** What a shopper waits for: the opening, the close, or once nothing can be had, the next sale. */
export function targetOf(sale: Sale): Target {
  const next = sale.next_opens_at === null ? null : Date.parse(sale.next_opens_at);
  switch (sale.phase) {
    case "scheduled":
      return { label: "Opens in", toMs: Date.parse(sale.opens_at) };
    case "ended":
      return next === null ? { label: "The sale is over", toMs: null } : { label: "Over. Next sale in", toMs: next };
    case "open":
    case "paused":
      if (!isSoldOut(sale)) return { label: "Closes in", toMs: Date.parse(sale.closes_at) };
      return next === null
        ? { label: "Sold out, closes in", toMs: Date.parse(sale.closes_at) }
        : { label: "Sold out, next sale in", toMs: next };
    default:
      return sale.phase satisfies never;
  }
}

/** Nothing is left, and nothing is held that might come back. */
export function isSoldOut({ stock }: Pick<Sale, "stock">): boolean {
  return stock.available === 0 && stock.held === 0;
}

const SECOND_MS = 1_000;
const two = (value: number) => String(value).padStart(2, "0");

/** Milliseconds as a clock shows them: `4:09`, `1:00:00`, `2 d 03:00`; never below nought. */
export function countdownText(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / SECOND_MS));
  const [s, m, h, d] = [
    seconds % 60,
    Math.floor(seconds / 60) % 60,
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 86_400),
  ];
  if (d > 0) return `${d} d ${two(h)}:${two(m)}`;
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

/** How long until that text is another, in milliseconds. */
export function nextTickMs(leftMs: number): number {
  return leftMs <= 0 ? SECOND_MS : leftMs - (Math.ceil(leftMs / SECOND_MS) - 1) * SECOND_MS;
}
