import type { Item } from "@flashgate/client";
import { useState } from "preact/hooks";
import { grouped, priceText } from "../design/figures.ts";

/** Whether it can be bought, and if not, why. */
export type ItemState = "unknown" | "open" | "closed" | "busy" | "yours" | "taken";

const WORD: Readonly<Record<ItemState, string>> = {
  unknown: "Buy",
  open: "Buy",
  closed: "Buy",
  busy: "Held",
  yours: "Yours",
  taken: "Taken",
};

export interface ItemCardProps {
  /** Undefined: not known yet. */
  readonly item: Item | undefined;
  readonly state: ItemState;
  readonly onBuy: (itemId: string, name: string) => void;
}

/** One item: what it is, what it costs, a button. Its size does not depend on what is known of it. */
export function ItemCard({ item, state, onBuy }: ItemCardProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const open = state === "open" && item !== undefined;
  return (
    <li class={`item ${state}`}>
      <span class="item-image">
        {item && broken !== item.image_url && (
          <img
            src={item.image_url}
            alt=""
            width="56"
            height="56"
            loading="lazy"
            decoding="async"
            onError={() => setBroken(item.image_url)}
          />
        )}
      </span>
      <span class="item-words">
        <span class="item-name">{item?.name ?? "\u00a0"}</span>
        <span class="item-price small soft figures">{item ? priceAndStock(item) : "\u00a0"}</span>
      </span>
      <button
        type="button"
        class="button item-buy"
        aria-label={item ? `${WORD[state]}: ${item.name}` : "Not known yet"}
        aria-disabled={!open}
        onClick={() => open && onBuy(item.id, item.name)}
      >
        {WORD[state]}
      </button>
    </li>
  );
}

function priceAndStock({ price_minor, stock }: Item): string {
  return stock.total > 1 ? `${priceText(price_minor)} · ${grouped(stock.total)} made` : priceText(price_minor);
}
