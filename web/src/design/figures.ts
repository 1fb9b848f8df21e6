const whole = new Intl.NumberFormat("en-US");
const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** 12345 as `12,345`. */
export const grouped = (count: number): string => whole.format(count);

/** Minor units as `12.50`; which currency, the shop knows. */
export const priceText = (minor: number): string => money.format(minor / 100);

/** Milliseconds as `41 ms`, `1.2 s`, `2 min`. */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min`;
}

/** `1 unit`, `2 units`. */
export const counted = (count: number, one: string): string => `${grouped(count)} ${one}${count === 1 ? "" : "s"}`;
