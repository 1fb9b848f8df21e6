import type { Sale } from "@flashgate/client";
import { grouped } from "../design/figures.ts";
import { stageOf } from "./attempt.ts";
import { isSoldOut } from "./countdown.ts";
import { attempts, bought, sale } from "./shop-window.ts";

/** What the button says, and whether it does anything. */
function offerOf(on: Sale | null, asking: boolean): { readonly text: string; readonly open: boolean } {
  if (!on) return { text: "One moment", open: false };
  if (on.phase === "scheduled") return { text: "Not open yet", open: false };
  if (on.phase === "ended") return { text: "Sale over", open: false };
  if (asking) return { text: "Reserving", open: false };
  if (on.stock.available > 0) return { text: "Buy one", open: true };
  return { text: isSoldOut(on) ? "Sold out" : "All taken for now", open: false };
}

/** Buys whatever is left. Never disabled in the browser's sense: who holds the keyboard on it would lose their place. */
export function BuyButton({ onBuy }: { readonly onBuy: () => void }) {
  const on = sale.value;
  const asking = attempts.value.some((attempt) => attempt.itemId === "any" && stageOf(attempt) === "asking");
  const { text, open } = offerOf(on, asking);
  return (
    <section class="buy" aria-label="Buy">
      <button type="button" class="button strong buy-any" aria-disabled={!open} onClick={() => open && onBuy()}>
        <span>{text}</span>
        {open && <span class="buy-what">any item</span>}
      </button>
      <p class="small soft figures">{hintOf(on, bought.value)}</p>
    </section>
  );
}

function hintOf(on: Sale | null, have: number): string {
  if (!on) return "\u00a0";
  const { units_per_user: limit } = on.limits;
  if (on.phase === "open" && on.stock.available === 0 && on.stock.held > 0) {
    return `${grouped(on.stock.held)} on hold may come back`;
  }
  return have > 0 ? `You have ${have} of ${grouped(limit)}` : `Up to ${grouped(limit)} for each shopper`;
}
