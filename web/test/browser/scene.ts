import { openBrowser, type TestBrowser, type WatchedPage } from "@flashgate/local/testing/browser";
import { onTestFinished } from "vitest";
import { type BuiltPage, readBuiltPage } from "../../../api/src/pages/built-page.ts";
import { openShop, type Shop } from "../../../api/test/shop.ts";

/** As often as an api tells those who follow a sale. */
const TICK_MS = 100;

export interface Scene {
  readonly shop: Shop;
  readonly browser: TestBrowser;
  /** Lets the shop judge what is reserved from now on, soon after; again: no longer. */
  settling(on: boolean): void;
  /** A page on the storefront, closed with the test. */
  visit(look?: Look): Promise<WatchedPage>;
  close(): Promise<void>;
}

/** How a page is looked at. Default: on a desktop, in the light, with motion reduced so that pictures are alike. */
export type Look = NonNullable<Parameters<TestBrowser["open"]>[0]>;

export const DESKTOP: Look = { viewport: { width: 1280, height: 800 } };
export const PHONE: Look = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

export function builtStorefront(): BuiltPage {
  const page = readBuiltPage("storefront", () => undefined);
  if (!page) throw new Error("the storefront is not built: npm run build");
  return page;
}

/** The real api over memory with the real page, its clock running; and a browser. */
export async function openScene(over: Parameters<typeof openShop>[0] = () => ({})): Promise<Scene> {
  const storefront = builtStorefront();
  const [shop, browser] = await Promise.all([openShop((clock) => ({ storefront, ...over(clock) })), openBrowser()]);
  // Checkouts are named by the real time.
  shop.clock.ms = Date.now();
  let settles = false;
  const ticking = setInterval(() => {
    shop.clock.ms = Date.now();
    shop.saleEvents.tick();
    if (settles) void shop.settle();
  }, TICK_MS);
  return {
    shop,
    browser,
    settling(on) {
      settles = on;
    },
    async visit(look = {}) {
      const watched = await browser.open({ ...DESKTOP, colorScheme: "light", reducedMotion: "reduce", ...look });
      onTestFinished(() => watched.page.context().close());
      await watched.page.goto(shop.url);
      await watched.page.getByText(/Live|Soon|Over|Paused/).waitFor();
      return watched;
    },
    async close() {
      clearInterval(ticking);
      await browser.close();
      await shop.stop();
    },
  };
}
