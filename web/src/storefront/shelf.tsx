import { useEffect } from "preact/hooks";
import { grouped } from "../design/figures.ts";
import { isOn, stageOf } from "./attempt.ts";
import { isLeft, nextLeft } from "./availability.ts";
import { ItemCard, type ItemState } from "./item-card.tsx";
import { itemAt, SHELF_SIZE, shelfOf, stockShelf } from "./shelf-items.ts";
import { bits, itemCount, link, ownAttempts, sale, shelfStart, spoken } from "./shop-window.ts";
import type { Shop } from "./shopper.ts";

export interface ShelfProps {
  readonly reader: Shop["reader"];
  readonly onBuy: (itemId: string, name: string) => void;
}

/** Eight items at a time, each with a button of its own. */
export function Shelf({ reader, onBuy }: ShelfProps) {
  const [saleId, start, count] = [sale.value?.id, shelfStart.value, itemCount.value];
  const reached = link.value;
  useEffect(() => {
    // What cannot be had now is asked for again when the shop is back in reach.
    if (saleId !== undefined) stockShelf(reader, saleId, start).catch(() => undefined);
  }, [saleId, start, reached]);

  const shown = count === 0 ? SHELF_SIZE : Math.min(SHELF_SIZE, count - start + 1);
  const positions = Array.from({ length: shown }, (_, index) => start + index);
  return (
    <section class="shelf" aria-labelledby="shelf-head">
      <header class="shelf-head">
        <h2 id="shelf-head" class="figures" tabIndex={-1}>
          {count === 0 ? "Items" : `Items ${grouped(start)} – ${grouped(start + shown - 1)}`}
          {count > 0 && <span class="soft shelf-of"> of {grouped(count)}</span>}
        </h2>
        <Pager />
      </header>
      <ul class="shelf-items">
        {positions.map((position) => {
          const item = saleId === undefined ? undefined : itemAt(saleId, position);
          return <ItemCard key={position} item={item} state={stateAt(position, item?.id)} onBuy={onBuy} />;
        })}
      </ul>
    </section>
  );
}

function stateAt(position: number, id: string | undefined): ItemState {
  const own = id === undefined ? undefined : ownAttempts.value.find((attempt) => isOn(attempt, id));
  const stage = own && stageOf(own);
  if (stage === "confirmed") return "yours";
  if (stage === "asking" || stage === "settling") return "busy";
  if (!bits.value || !isLeft(bits.value, position)) return bits.value ? "taken" : "unknown";
  return sale.value?.phase === "open" || sale.value?.phase === "paused" ? "open" : "closed";
}

function Pager() {
  const [start, count] = [shelfStart.value, itemCount.value];
  const go = (to: number) => {
    shelfStart.value = to;
    spoken.value = `Items ${to} to ${Math.min(count, to + SHELF_SIZE - 1)}`;
  };
  const [hasBefore, hasAfter] = [start > 1, start + SHELF_SIZE <= count];
  const left = bits.value && nextLeft(bits.value, Math.min(count, start + SHELF_SIZE - 1) + 1);
  const free = left !== null && shelfOf(left) !== start;
  return (
    <nav class="pager" aria-label="Items">
      <form
        class="pager-form"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = Number(new FormData(event.currentTarget).get("position"));
          if (wanted >= 1 && wanted <= count) go(shelfOf(wanted));
        }}
      >
        <label class="small soft" for="position">
          Go to no.
        </label>
        <input
          id="position"
          name="position"
          class="pager-input figures"
          type="number"
          min={1}
          max={count || 1}
          inputMode="numeric"
        />
      </form>
      <button
        type="button"
        class="button"
        aria-disabled={!free}
        onClick={() => free && left !== null && go(shelfOf(left))}
      >
        Next available
      </button>
      <button
        type="button"
        class="button round"
        aria-label="Items before"
        aria-disabled={!hasBefore}
        onClick={() => hasBefore && go(start - SHELF_SIZE)}
      >
        <Arrow turn={180} />
      </button>
      <button
        type="button"
        class="button round"
        aria-label="Items after"
        aria-disabled={!hasAfter}
        onClick={() => hasAfter && go(start + SHELF_SIZE)}
      >
        <Arrow turn={0} />
      </button>
    </nav>
  );
}

function Arrow({ turn }: { readonly turn: number }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M3 8h9M8.5 4 12.5 8l-4 4" class="arrow" transform={`rotate(${turn} 8 8)`} />
    </svg>
  );
}
