import { effect } from "@preact/signals";
import { bitsOf, noneOf } from "./availability.ts";
import type { Clock } from "./clock.ts";
import { bits, sale } from "./shop-window.ts";
import type { Shop } from "./shopper.ts";

/** As long as the shop says that its answer is good for: who asks sooner is told the same. */
const EVERY_MS = 1_050;

/** Keeps the window's items in step with its stock: asks when that changed, at most once a second. */
export function feedAvailability({ sales }: Shop["reader"], clock: Clock): void {
  let [asking, askedMs] = [false, Number.NEGATIVE_INFINITY];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async () => {
    const id = sale.peek()?.id;
    if (id === undefined) return;
    [asking, askedMs] = [true, clock.steadyMs()];
    try {
      const answer = bitsOf(await sales.availability(id));
      if (sale.peek()?.id === answer.saleId) bits.value = sale.peek()?.stock.available === 0 ? noneOf(answer) : answer;
    } catch {
      // The sale's own feed tells whether the shop is away; the next change of stock asks again.
    } finally {
      asking = false;
      if (stale) plan();
    }
  };

  let stale = false;
  const plan = () => {
    stale = asking;
    if (asking) return;
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(0, askedMs + EVERY_MS - clock.steadyMs()));
  };

  let known = "";
  effect(() => {
    const now = sale.value;
    const state = now ? `${now.id} ${now.stock.available} ${now.stock.held}` : "";
    if (state !== "" && state !== known) plan();
    known = state;
    // That nothing is left needs no asking.
    const shown = bits.peek();
    if (shown && now?.id === shown.saleId && now.stock.available === 0) bits.value = noneOf(shown);
  });
}
