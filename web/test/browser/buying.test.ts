import { Flashgate } from "@flashgate/client";
import { openBrowser, type TestBrowser } from "@flashgate/local/testing/browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buyButton, expectTicket, openScene, type Scene, spokenOn, stockOn, ticketOf } from "./scene.ts";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const stockOf = async ({ other }: Scene, sale: string) => (await other.sales.get(sale)).stock;

describe("on the storefront, a shopper", () => {
  it("buys whatever is left, sees each step with its time, and learns what it is", async () => {
    const scene = await openScene(browser);
    const sale = await scene.openSale();
    const { page, faults, requests } = await scene.visit();
    await expect.poll(() => stockOn(page)).toEqual([40, 0, 0]);
    await buyButton(page).click();
    await expectTicket(page, /Reserved\n\d+ ms\nSettling\n\d+ ms/);
    await expect.poll(() => stockOn(page)).toEqual([39, 1, 0]);
    await scene.shop.settle();
    await expectTicket(
      page,
      /^Classic Amber Backpack No\. 1\nIt is yours\nReserved\n\d+ ms\nSettled\n.+\nConfirmed\n\d/,
    );
    await expect.poll(() => stockOn(page)).toEqual([39, 0, 1]);
    expect(await page.getByText("You have 1 of 10").count()).toBe(1);
    expect(await page.getByRole("button", { name: "Yours: Classic Amber Backpack No. 1" }).count()).toBe(1);
    expect(await stockOf(scene, sale)).toMatchObject({ sold: 1 });
    expect(faults).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(scene.shop.url) && !url.startsWith("data:"))).toEqual([]);
  });

  it("sees the numbers follow while others buy, each on its way and none that went back", async () => {
    const scene = await openScene(browser);
    const sale = await scene.openSale({ items: 200 });
    scene.settling();
    const { page } = await scene.visit();
    await expect.poll(() => stockOn(page)).toEqual([200, 0, 0]);
    await page.evaluate(() => {
      const shown: number[][] = [];
      Object.assign(window, { shown });
      const note = () => {
        const units = [...document.querySelectorAll(".stock-figure dd")].map(({ textContent }) => Number(textContent));
        if (units.join() !== shown.at(-1)?.join()) shown.push(units);
      };
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    const crowd = Array.from(
      { length: 20 },
      (_, index) => new Flashgate({ baseUrl: scene.shop.url, userId: `u${index}` }),
    );
    for (let bought = 0; bought < 10; bought += 1) {
      await Promise.all(crowd.map(({ checkouts }) => checkouts.create({ items: [{ item_id: "any", quantity: 1 }] })));
      // The page is as far as the ledger before the next ones come.
      await expect.poll(() => stockOn(page)).toEqual([180 - 20 * bought, 0, 20 + 20 * bought]);
    }
    expect(await stockOf(scene, sale)).toMatchObject({ available: 0, held: 0, sold: 200 });
    const shown = await page.evaluate<number[][]>("window.shown");
    for (const units of shown) expect(units.reduce((sum, each) => sum + each, 0)).toBe(200);
    const sold = shown.map(([, , units]) => units ?? Number.NaN);
    expect(sold).toEqual(sold.toSorted((a, b) => a - b));
    expect(sold.length).toBeGreaterThanOrEqual(10);
  });

  it("buys a chosen item, far down the list", async () => {
    const scene = await openScene(browser);
    await scene.openSale();
    scene.settling();
    const { page } = await scene.visit();
    await page.getByLabel("Go to no.").fill("30");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Items 25 – 32 of 40" }).waitFor();
    await page.getByRole("button", { name: /^Buy: .* No\. 30$/ }).click();
    await expectTicket(page, /No\. 30\nIt is yours/);
    await page.getByRole("button", { name: /^Yours: .* No\. 30$/ }).waitFor();
  });

  it("finds the ticket again after a refresh half-way", async () => {
    const scene = await openScene(browser);
    const sale = await scene.openSale();
    const { page } = await scene.visit();
    await buyButton(page).click();
    await expectTicket(page, /Settling/);
    const number = await page.locator(".ticket-number").innerText();
    await page.reload();
    await expectTicket(page, /Settling/);
    expect(await page.locator(".ticket-number").innerText()).toBe(number);
    await scene.shop.settle();
    await expectTicket(page, /It is yours/);
    await page.reload();
    await expectTicket(page, /No\. 1\nIt is yours/);
    expect(await stockOf(scene, sale)).toMatchObject({ available: 39, held: 0, sold: 1 });
  });

  it("buys once, though the answer was lost to a refresh", async () => {
    const scene = await openScene(browser);
    const sale = await scene.openSale();
    scene.settling();
    const { page } = await scene.visit();
    let sent = 0;
    // The shop gets the request; its answer never comes.
    await page.route("**/checkouts", async (route) => {
      await route.fetch();
      sent += 1;
    });
    await buyButton(page).click();
    await expect.poll(() => sent).toBe(1);
    await expectTicket(page, /Reserving/);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.reload();
    await expectTicket(page, /It is yours/);
    await expect.poll(() => stockOf(scene, sale)).toMatchObject({ available: 39, held: 0, sold: 1 });
  });

  it("cancels, and the unit is there again for somebody else", async () => {
    const scene = await openScene(browser);
    await scene.openSale();
    const { page } = await scene.visit();
    await buyButton(page).click();
    await expectTicket(page, /Settling/);
    await ticketOf(page)
      .getByRole("img", { name: /Held for you for 4\d min/ })
      .waitFor();
    await ticketOf(page).getByRole("button", { name: "Cancel" }).click();
    await expectTicket(page, /^Cancelled\nThe unit went back on sale/);
    await expect.poll(() => stockOn(page)).toEqual([40, 0, 0]);
    await ticketOf(page).getByRole("button", { name: "Dismiss" }).click();
    await expectTicket(page, /Your ticket will be here/);
  });

  it("is told in words why there is nothing to be had", async () => {
    const scene = await openScene(browser);
    await scene.openSale({ limitPerUser: 1 });
    scene.settling();
    const { page } = await scene.visit();
    await buyButton(page).click();
    await expectTicket(page, /It is yours/);
    await buyButton(page).click();
    await expectTicket(page, /^Limit of 1 reached\nThat is all that one shopper can have/);
    await expect.poll(() => spokenOn(page).innerText()).toMatch(/^Limit of 1 reached/);
    // What was bought stays on the page.
    await page.getByText("Before that").waitFor();
    await page.locator(".earlier-row.confirmed").waitFor();
  });

  it("sees everything taken, is told when stock comes back, and gets it", async () => {
    const scene = await openScene(browser);
    await scene.openSale({ items: 1, settleUntilMs: Date.now() + 3_600_000 });
    const theirs = await scene.other.checkouts.create({ items: [{ item_id: "any", quantity: 1 }] });
    const { page } = await scene.visit();
    await page.getByRole("button", { name: "All taken for now" }).waitFor();
    await page.getByText("1 on hold may come back").waitFor();
    await scene.other.tickets.cancel(theirs);
    await page.locator(".notice.shown", { hasText: "Stock came back: 1 unit to be had" }).waitFor();
    expect(await spokenOn(page).innerText()).toBe("Stock came back: 1 unit to be had");
    scene.settling();
    await buyButton(page).click();
    await expectTicket(page, /It is yours/);
    await page.getByRole("button", { name: "Sold out" }).waitFor();
  });

  it("reads when the next sale is once this one is sold out", async () => {
    const scene = await openScene(browser);
    await scene.shop.openSale({
      items: 2,
      opensAtMs: scene.shop.clock.ms + 3_600_000,
      closesAtMs: scene.shop.clock.ms + 7_200_000,
      settleUntilMs: scene.shop.clock.ms + 9_000_000,
    });
    await scene.openSale({ items: 1 });
    scene.settling();
    await scene.other.checkouts.create({ items: [{ item_id: "any", quantity: 1 }] });
    const { page } = await scene.visit();
    await page.getByText("Sold out, next sale in").waitFor();
    await expect.poll(() => page.getByRole("timer").innerText()).toMatch(/^59:\d\d$/);
  });
});

describe("for one item, at once", () => {
  const BUTTON = { name: /^Buy: .* No\. 2$/ };

  it("of two shoppers one gets it, and the other is told", async () => {
    const scene = await openScene(browser);
    const sale = await scene.openSale({ items: 3 });
    scene.settling();
    const pages = (await Promise.all([scene.visit(), scene.visit()])).map(({ page }) => page);
    const buttons = await Promise.all(pages.map((page) => page.getByRole("button", BUTTON).elementHandle()));
    await Promise.all(buttons.map((button) => button?.dispatchEvent("click")));
    const said = async () => {
      const texts = await Promise.all(pages.map((page) => ticketOf(page).innerText()));
      return [/It is yours/, /Just taken/].map((words) => texts.filter((text) => words.test(text)).length);
    };
    await expect.poll(said).toEqual([1, 1]);
    await expect.poll(() => stockOf(scene, sale)).toMatchObject({ available: 2, held: 0, sold: 1 });
  });

  it("of two tabs of one shopper both show the one that was bought", async () => {
    const scene = await openScene(browser);
    const sale = await scene.openSale({ items: 3 });
    scene.settling();
    const { page } = await scene.visit();
    const tab = await page.context().newPage();
    await tab.goto(scene.shop.url);
    const buttons = await Promise.all([page, tab].map((each) => each.getByRole("button", BUTTON).elementHandle()));
    await Promise.all(buttons.map((button) => button?.dispatchEvent("click")));
    const yours = { name: /^Yours: .* No\. 2$/ };
    await Promise.all([page, tab].map((each) => each.getByRole("button", yours).waitFor()));
    await expect.poll(() => stockOf(scene, sale)).toMatchObject({ available: 2, held: 0, sold: 1 });
  });
});
