import { AttemptList } from "./attempt-list.tsx";
import { BuyButton } from "./buy-button.tsx";
import type { Buyer } from "./buying.ts";
import type { Clock } from "./clock.ts";
import { Field } from "./field.tsx";
import { SaleClock } from "./sale-clock.tsx";
import type { ServerClock } from "./server-clock.ts";
import { Shelf } from "./shelf.tsx";
import { SHELF_SIZE, shelfOf } from "./shelf-items.ts";
import { bits, itemCount, link, notice, online, ownAttempts, sale, shelfStart, spoken } from "./shop-window.ts";
import type { Shop } from "./shopper.ts";
import { StockBar } from "./stock-bar.tsx";
import { TicketStrip } from "./ticket-strip.tsx";

export interface PageParts {
  readonly shop: Shop;
  readonly buyer: Buyer;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
}

/** The whole page, on one screen. */
export function Page({ shop, buyer, clock, serverClock }: PageParts) {
  const [latest, ...earlier] = ownAttempts.value;
  const dismiss = (key: string) => buyer.dismiss(key);
  const last = Math.max(1, Math.min(itemCount.value, shelfStart.value + SHELF_SIZE - 1));
  return (
    <>
      <a class="skip" href="#shelf-head">
        Skip to the items
      </a>
      <header class="top">
        <h1 class="brand">
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path class="brand-mark" d="M3 2h3v16H3zM14 2h3v16h-3zM8.5 5.5h3v3h-3zM8.5 11.5h3v3h-3z" />
          </svg>
          Flashgate
        </h1>
        <Standing />
      </header>
      <main class="page">
        <div class="counter">
          <SaleClock sale={sale.value} serverClock={serverClock} />
          <StockBar sale={sale.value} />
          <BuyButton onBuy={() => buyer.buy("any", null)} />
          <TicketStrip
            attempt={latest}
            clock={clock}
            serverClock={serverClock}
            onCancel={(key) => void buyer.cancel(key)}
            onDismiss={dismiss}
          />
        </div>
        <div class="goods">
          <Field
            clock={clock}
            bits={bits.value}
            marked={[shelfStart.value, last]}
            onChoose={(position) => {
              shelfStart.value = shelfOf(position);
            }}
          />
          <Shelf reader={shop.reader} onBuy={(itemId, name) => buyer.buy(itemId, name)} />
        </div>
        <AttemptList attempts={earlier} onDismiss={dismiss} />
      </main>
      <p class={`notice ${notice.value === null ? "" : "shown"}`} aria-hidden="true">
        {notice.value}
      </p>
      <p class="unseen" role="status" aria-live="polite">
        {spoken.value}
      </p>
    </>
  );
}

/** How page and sale stand, in a word. */
function Standing() {
  const [word, kind] = standing();
  return (
    <p class={`standing small ${kind}`}>
      <span class="standing-dot" />
      {word}
    </p>
  );
}

function standing(): readonly [string, "good" | "wait" | "bad" | "idle"] {
  if (!online.value) return ["You are offline", "bad"];
  switch (link.value) {
    case "waiting":
      return ["Connecting", "idle"];
    case "away":
      return ["Shop out of reach, trying again", "bad"];
    case "no-sale":
      return ["No sale is planned", "idle"];
    case "live":
      break;
    default:
      return link.value satisfies never;
  }
  switch (sale.value?.phase) {
    case "open":
      return ["Live", "good"];
    case "paused":
      return ["Paused", "wait"];
    case "scheduled":
      return ["Soon", "idle"];
    default:
      return ["Over", "idle"];
  }
}
