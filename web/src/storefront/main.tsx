import { render } from "preact";
import { AttemptStore, isAttemptName, type Shelf } from "./attempt-store.ts";
import { feedAvailability } from "./availability-feed.ts";
import { Buyer } from "./buying.ts";
import { systemClock as clock } from "./clock.ts";
import { uniqueId } from "./ids.ts";
import { memoryShelf } from "./memory-shelf.ts";
import { Page } from "./page.tsx";
import { random } from "./random.ts";
import { feedSale } from "./sale-feed.ts";
import { ServerClock } from "./server-clock.ts";
import { online } from "./shop-window.ts";
import { isSignInOrOut, openShop } from "./shopper.ts";

const memory = browserMemory();
const shop = openShop(memory);
const serverClock = new ServerClock(clock.steadyMs, clock.wallMs);
const buyer = new Buyer({ shop, store: new AttemptStore(memory), clock, random, uniqueId });

online.value = navigator.onLine;
addEventListener("online", () => {
  online.value = true;
});
addEventListener("offline", () => {
  online.value = false;
});
addEventListener("storage", (event) => {
  // Another shopper from here on; what this one did is found again.
  if (isSignInOrOut(event)) location.reload();
  else if (isAttemptName(event.key)) buyer.adopt();
});

buyer.resume();
feedAvailability(shop.reader, clock);
void feedSale({ shop, serverClock, random });

const root = document.getElementById("page");
if (root) render(<Page shop={shop} buyer={buyer} clock={clock} serverClock={serverClock} />, root);

/** `localStorage`, or where the browser keeps it from pages, what does for this visit. */
function browserMemory(): Shelf {
  try {
    return localStorage;
  } catch {
    return memoryShelf();
  }
}
