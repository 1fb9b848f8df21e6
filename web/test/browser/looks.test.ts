import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Flashgate } from "@flashgate/client";
import { openBrowser, type TestBrowser } from "@flashgate/local/testing/browser";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layoutFaults } from "./layout-faults.ts";
import { buyButton, DESKTOP, expectTicket, openScene, PHONE, type Scene, stockOn, ticketOf } from "./scene.ts";

let browser: TestBrowser;
let axe: string;
beforeAll(async () => {
  browser = await openBrowser();
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
});
afterAll(() => browser?.close());

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core has against a page that is serious or worse. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: Finding[] }>("axe.run()");
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const WAYS = [
  { name: "desktop-light", look: { ...DESKTOP, colorScheme: "light" as const } },
  { name: "desktop-dark", look: { ...DESKTOP, colorScheme: "dark" as const } },
  { name: "phone-light", look: { ...PHONE, colorScheme: "light" as const } },
  { name: "phone-dark", look: { ...PHONE, colorScheme: "dark" as const } },
];

/** So many units go to somebody: some judged, the last of them held. */
async function crowd({ shop }: Scene, items: number, sold: number, held: number): Promise<void> {
  // As a crowd chooses: here and there, and the same each time.
  const chosen = new Set<number>();
  for (let seed = 1; chosen.size < sold + held; seed = (seed * 8_121 + 28_411) % 134_456) chosen.add(seed % items);
  const wanted = [...chosen].map((n) => ({ item_id: `i${String(n + 1).padStart(5, "0")}`, quantity: 1 }));
  const reserve = async (items: typeof wanted) => {
    for (let from = 0; from < items.length; from += 4) {
      const shopper = new Flashgate({ baseUrl: shop.url, userId: `shopper-${items[from]?.item_id}` });
      await shopper.checkouts.create({ items: items.slice(from, from + 4) });
    }
  };
  await reserve(wanted.slice(0, sold));
  await shop.settle();
  await reserve(wanted.slice(sold));
}

/** Those of which a picture is kept in docs/pages. */
const PICTURED = /desktop-light|phone-dark|confirmed-desktop-dark/;

async function check(page: Page, picture: string): Promise<void> {
  await page.locator(".item-image img").first().waitFor();
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
  expect(await layoutFaults(page), picture).toEqual([]);
  expect(await seriousFindings(page), picture).toEqual([]);
  if (PICTURED.test(picture)) await browser.picture(page, picture);
}

describe.each(WAYS)("the storefront on $name", ({ name, look }) => {
  it("has nothing clipped, overlapping or blank, and no serious barrier, in any of its states", async () => {
    const scene = await openScene(browser);
    await scene.openSale({ items: 10_000 });
    await crowd(scene, 10_000, 2_200, 60);
    const { page, faults } = await scene.visit(look);
    await expect.poll(() => stockOn(page)).toEqual([7_740, 60, 2_200]);
    await page.getByText("of 10,000").waitFor();
    await check(page, `storefront-${name}`);
    await buyButton(page).click();
    await expectTicket(page, /Settling/);
    await check(page, `storefront-settling-${name}`);
    await scene.shop.settle();
    await expectTicket(page, /Amber|Brass|Cobalt|Coral|Ivory|Jade|Onyx|Pearl|Ruby|Slate/);
    await page.getByRole("button", { name: "Next available" }).click();
    await check(page, `storefront-confirmed-${name}`);
    // That is this test's own looking at the canvas.
    expect(faults.filter((fault) => !fault.includes("getImageData"))).toEqual([]);
  });

  it("does so when it has to refuse, and when all is sold", async () => {
    const scene = await openScene(browser);
    const nextMs = scene.shop.clock.ms + 40 * 60_000;
    const next = { opensAtMs: nextMs, closesAtMs: nextMs + 3_600_000, settleUntilMs: nextMs + 4_500_000 };
    await scene.shop.openSale(next);
    await scene.openSale({ items: 60, limitPerUser: 4 });
    await crowd(scene, 60, 55, 0);
    scene.settling();
    const { page } = await scene.visit(look);
    for (const have of [1, 2, 3, 4]) {
      await buyButton(page).click();
      await page.getByText(`You have ${have} of 4`).waitFor();
    }
    await buyButton(page).click();
    await expectTicket(page, /Limit of 4 reached/);
    await check(page, `storefront-refused-${name}`);
    await scene.other.checkouts.create({ items: [{ item_id: "any", quantity: 1 }] });
    await page.getByText("Sold out, next sale in").waitFor();
    await ticketOf(page).getByRole("button", { name: "Dismiss" }).click();
    await check(page, `storefront-sold-out-${name}`);
  });
});

describe("the storefront", () => {
  it("is worked with the keyboard alone", async () => {
    const scene = await openScene(browser);
    await scene.openSale();
    const { page } = await scene.visit();
    await expect.poll(() => stockOn(page)).toEqual([40, 0, 0]);
    await page.getByRole("button", { name: "Buy: Classic Amber Backpack No. 1" }).waitFor();
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? "");
    const to = async (text: string | RegExp) => {
      for (let steps = 0; steps < 30; steps += 1) {
        await page.keyboard.press("Tab");
        if (new RegExp(text).test(await focused())) return;
      }
      throw new Error(`the keyboard does not come to ${text}`);
    };
    await to("Skip to the items");
    await to("^Buy one");
    expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe("solid");
    await page.keyboard.press("Enter");
    await expectTicket(page, /Settling/);
    await to("^Cancel$");
    await page.keyboard.press("Space");
    await expectTicket(page, /^Cancelled/);
    await to("^Next available");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Items 9 – 16 of 40" }).waitFor();
    await page.getByRole("button", { name: /^Buy: .* No\. 9$/ }).waitFor();
    await to("^Buy$");
    await page.keyboard.press("Enter");
    await expectTicket(page, /Settling/);
    await scene.shop.settle();
    await expectTicket(page, /No\. 9\nIt is yours/);
    // Whoever bought keeps their place, though the button says something else now.
    expect(await focused()).toBe("Yours");
  });

  it("keeps everything where it is, from the first paint on", async () => {
    const scene = await openScene(browser);
    await scene.openSale({ items: 10_000 });
    scene.settling();
    const { page } = await scene.visit({ reducedMotion: "no-preference" });
    await expect.poll(() => stockOn(page)).toEqual([10_000, 0, 0]);
    await page.evaluate(() => {
      const seen = { shift: 0 };
      Object.assign(window, { seen });
      const note = (list: PerformanceObserverEntryList) => {
        for (const entry of list.getEntries()) seen.shift += (entry as PerformanceEntry & { value: number }).value;
      };
      new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
    });
    await buyButton(page).click();
    await expectTicket(page, /It is yours/);
    const { shift, paintMs } = await page.evaluate(() => ({
      shift: (window as unknown as { seen: { shift: number } }).seen.shift,
      paintMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
    }));
    console.log(`storefront: first contentful paint after ${paintMs.toFixed(0)} ms, layout shift ${shift.toFixed(4)}`);
    expect(shift).toBeLessThan(0.01);
    expect(paintMs).toBeLessThan(5_000);
  });

  it("dims the square of an item that goes, and lights it again when it comes back", async () => {
    const scene = await openScene(browser);
    await scene.openSale({ items: 100 });
    const { page } = await scene.visit();
    await page.getByText("of 100").waitFor();
    const colourOfLast = () =>
      page.evaluate(() => {
        const canvas = document.querySelector("canvas");
        const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
        const colours = new Map<string, number>();
        for (let at = 0; at < (pixels?.data.length ?? 0); at += 4) {
          const colour = [...(pixels?.data.slice(at, at + 3) ?? [])].join();
          colours.set(colour, (colours.get(colour) ?? 0) + 1);
        }
        return Object.fromEntries(colours);
      });
    const [blue, grey] = ["42,63,224", "211,208,198"];
    const before = (await colourOfLast())[blue] ?? 0;
    expect(before).toBeGreaterThan(0);
    const theirs = await scene.other.checkouts.create({ items: [{ item_id: "i00050", quantity: 1 }] });
    await expect.poll(async () => (await colourOfLast())[grey] ?? 0, { timeout: 5_000 }).toBeGreaterThan(0);
    await scene.other.tickets.cancel(theirs);
    await expect.poll(async () => (await colourOfLast())[blue], { timeout: 5_000 }).toBe(before);
  });

  it("brings the shelf to a square that is clicked", async () => {
    const scene = await openScene(browser);
    await scene.openSale({ items: 10_000 });
    const { page } = await scene.visit();
    await page.getByText("of 10,000").waitFor();
    await page.locator("canvas").click({ position: { x: 400, y: 100 } });
    await page.getByRole("heading", { name: /Items 4,\d\d\d – 4,\d\d\d of 10,000/ }).waitFor();
    await page
      .getByRole("button", { name: /^Buy: .* No\. 4\d\d\d$/ })
      .first()
      .waitFor();
  });
});
