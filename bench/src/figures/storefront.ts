import { openBrowser, type TestBrowser, type WatchedPage } from "@flashgate/local/testing/browser";
import type { Seen } from "./counter.ts";
import type { Shown } from "./shown.ts";

/** How long the page may take to show a ticket's end, of which it is told at once. */
const BOUGHT_MS_MAX = 60_000;

/** Notes in the page, at the moment at which the document says so, what it says of the stock and of the ticket. */
const NOTING = `(() => {
  const seen = { stock: [], tickets: {} };
  window.seen = seen;
  const note = () => {
    const atMs = performance.timeOrigin + performance.now();
    const text = document.querySelector(".stock-figure.sold dd")?.textContent ?? "";
    const sold = Number(text.replaceAll(",", ""));
    if (text !== "" && sold !== seen.stock.at(-1)?.sold) seen.stock.push({ sold, atMs });
    const ticket = document.querySelector(".ticket.confirmed .ticket-number")?.textContent;
    if (ticket) seen.tickets[ticket.slice(-8)] ??= atMs;
  };
  note();
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
})()`;

/** Reads what was noted, and the tickets that this browser keeps. */
const NOTED = `({
  ...window.seen,
  kept: Object.entries(localStorage)
    .filter(([name]) => name.startsWith("flashgate:attempt:"))
    .map(([, text]) => JSON.parse(text).ticket),
})`;

interface Noted {
  readonly stock: readonly Shown[];
  readonly tickets: Readonly<Record<string, number>>;
  readonly kept: readonly { readonly id: string; readonly status: string; readonly decided_at?: string }[];
}

/** The storefront in a Chromium, looked at by a shopper. */
export class Storefront {
  readonly #browser: TestBrowser;
  readonly #page: WatchedPage["page"];

  /** Resolves once it shows a stock. Rejects where there is no Chromium, with how to get one. */
  static async open(url: string): Promise<Storefront> {
    const browser = await openBrowser();
    try {
      const { page } = await browser.open();
      await page.goto(url);
      await page.locator(".stock-part.available").waitFor();
      await page.evaluate(NOTING);
      return new Storefront(browser, page);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  private constructor(browser: TestBrowser, page: WatchedPage["page"]) {
    this.#browser = browser;
    this.#page = page;
  }

  /** Buys one unit of anything, and waits until the page says whose it is. */
  async buy(): Promise<void> {
    const number = this.#page.locator(".ticket-number");
    const before = await number.textContent({ timeout: 1 }).catch(() => "");
    await this.#page.locator(".buy-any").click();
    await this.#page
      .locator(".ticket.confirmed .ticket-number")
      .filter({ hasNotText: before || "nothing" })
      .waitFor({ timeout: BOUGHT_MS_MAX });
  }

  /** What it showed, and when. */
  async seen(): Promise<{ readonly stock: readonly Shown[]; readonly tickets: readonly Seen[] }> {
    const { stock, tickets, kept } = await this.#page.evaluate<Noted>(NOTED);
    return {
      stock,
      tickets: kept.map(({ id, status, decided_at = "" }) => ({
        status,
        decidedAtMs: Date.parse(decided_at),
        seenAtMs: tickets[id.slice(-8)] ?? Number.POSITIVE_INFINITY,
      })),
    };
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}
