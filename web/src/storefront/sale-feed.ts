import { FlashgateError, type Sale } from "@flashgate/client";
import { counted } from "../design/figures.ts";
import type { ServerClock } from "./server-clock.ts";
import { bits, link, notice, sale, shelfStart, spoken } from "./shop-window.ts";
import type { Shop } from "./shopper.ts";
import { pauseUntilOnline } from "./waiting.ts";

const RETRY_MS = 2_000;
const NOTICE_MS = 8_000;

export interface SaleFeedParts {
  readonly shop: Shop;
  readonly serverClock: ServerClock;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** Keeps the window's sale as the shop tells it, for as long as the page lives. */
export async function feedSale(parts: SaleFeedParts): Promise<never> {
  for (;;) {
    const reconnect = new AbortController();
    const again = () => reconnect.abort();
    // Whatever was open when the connection went may hang for long: start over.
    addEventListener("online", again, { once: true });
    try {
      await follow(parts, reconnect.signal);
    } catch (error) {
      if (!reconnect.signal.aborted) {
        link.value = error instanceof FlashgateError && error.code === "sale_not_found" ? "no-sale" : "away";
        await pauseUntilOnline(RETRY_MS * (1 + parts.random()));
      }
    } finally {
      removeEventListener("online", again);
    }
  }
}

async function follow({ shop, serverClock }: SaleFeedParts, signal: AbortSignal): Promise<void> {
  const { sales } = shop.reader;
  const see = (view: Sale) => {
    // A view whose time is the last one's is that view with other counts: it came later.
    if (view.server_time !== sale.peek()?.server_time) serverClock.note(view.server_time);
    show(view);
  };
  // Asked for first: the first sight of the sale does not wait for a stream that somebody on the way holds back.
  see(await sales.get("current", { signal }));
  for await (const view of sales.watch("current", { signal })) see(view);
}

function show(view: Sale): void {
  const before = sale.peek();
  link.value = "live";
  if (before?.id !== view.id) {
    shelfStart.value = 1;
    bits.value = null;
  } else {
    tell(before, view);
  }
  sale.value = view;
}

/** Says aloud what a shopper would otherwise have to see. */
function tell(before: Sale, now: Sale): void {
  const [had, has] = [before.stock.available, now.stock.available];
  if (had > 0 && has === 0) spoken.value = now.stock.held > 0 ? "Everything is taken for now." : "Sold out.";
  if (had === 0 && has > 0 && before.phase === "open") {
    announce(`Stock came back: ${counted(has, "unit")} to be had`);
  }
  if (before.phase === now.phase) return;
  if (now.phase === "open") spoken.value = before.phase === "paused" ? "The sale goes on." : "The sale is open.";
  if (now.phase === "paused") spoken.value = "The sale is paused.";
  if (now.phase === "ended") spoken.value = "The sale is over.";
}

let shown: ReturnType<typeof setTimeout> | undefined;

function announce(text: string): void {
  notice.value = text;
  spoken.value = text;
  clearTimeout(shown);
  shown = setTimeout(() => {
    notice.value = null;
  }, NOTICE_MS);
}
