import { Flashgate } from "@flashgate/client";
import type { TestBrowser, WatchedPage } from "@flashgate/local/testing/browser";
import type { Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { type BuiltPage, readBuiltPage } from "../../../api/src/pages/built-page.ts";
import { openShop, type Shop } from "../../../api/test/shop.ts";

/** Often enough that nobody waits for it, as seldom as an api's is sure to be. */
const TICK_MS = 100;

/** How a page is looked at. Default: on a desktop, in the light, with motion reduced so that pictures are alike. */
export type Look = NonNullable<Parameters<TestBrowser["open"]>[0]>;

export const DESKTOP = { viewport: { width: 1280, height: 800 } } satisfies Look;
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
} satisfies Look;

export interface Scene {
  readonly shop: Shop;
  /** Another shopper. */
  readonly other: Flashgate;
  /** Opens a sale of forty items, or of what `over` says, that closes in 25 minutes. */
  openSale(over?: Parameters<Shop["openSale"]>[0]): Promise<string>;
  /** Lets the shop judge by itself what is reserved from now on, soon after. */
  settling(): void;
  /** A storefront in a profile of its own, closed with the test. */
  visit(look?: Look): Promise<WatchedPage>;
}

export function builtStorefront(): BuiltPage {
  const page = readBuiltPage("storefront", () => undefined);
  if (!page) throw new Error("the storefront is not built: npm run build");
  return page;
}

/** The real api over memory with the real page, its clock running, for one test. */
export async function openScene(
  browser: TestBrowser,
  over: NonNullable<Parameters<typeof openShop>[0]> = () => ({}),
): Promise<Scene> {
  const storefront = builtStorefront();
  const shop = await openShop((clock) => ({ storefront, ...over(clock) }));
  // Checkouts are named by the real time.
  shop.clock.ms = Date.now();
  let settles = false;
  const ticking = setInterval(() => {
    shop.clock.ms = Date.now();
    shop.saleEvents.tick();
    if (settles) void shop.settle();
  }, TICK_MS);
  onTestFinished(async () => {
    clearInterval(ticking);
    await shop.stop();
  });
  return {
    shop,
    other: new Flashgate({ baseUrl: shop.url, userId: "somebody-else" }),
    openSale: (plan = {}) => {
      const closesAtMs = shop.clock.ms + 25 * 60_000 + 7_000;
      return shop.openSale({ items: 40, closesAtMs, settleUntilMs: closesAtMs + 900_000, ...plan });
    },
    settling() {
      settles = true;
    },
    async visit(look = {}) {
      const watched = await browser.open({ ...DESKTOP, colorScheme: "light", reducedMotion: "reduce", ...look });
      onTestFinished(() => watched.page.context().close());
      await watched.page.goto(shop.url);
      return watched;
    },
  };
}

export const buyButton = (page: Page) => page.locator(".buy-any");
export const ticketOf = (page: Page) => page.getByRole("region", { name: "Your ticket" });

/** What a screen reader was told last. */
export const spokenOn = (page: Page) => page.getByRole("status");

/** Waits until the ticket says so. */
export async function expectTicket(page: Page, text: string | RegExp): Promise<void> {
  const said = async () => (await ticketOf(page).innerText()).replace(/\n+/g, "\n");
  await expect.poll(said, { timeout: 15_000 }).toMatch(text);
}

/** What the page says of the stock: available, held, sold. */
export async function stockOn(page: Page): Promise<number[]> {
  const figures = await page.locator(".stock-figure dd").allInnerTexts();
  return figures.map((text) => Number(text.replace(",", "")));
}
