import { pauseSale, resumeSale } from "@flashgate/core";
import { openBrowser, type TestBrowser } from "@flashgate/local/testing/browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Allowance } from "../../../api/src/rate-limits/allowance.ts";
import { buyButton, expectTicket, openScene, stockOn, ticketOf } from "./scene.ts";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const ONE = { items: [{ item_id: "any", quantity: 1 }] };
/** Until a page that is refused every stream asks without one. */
const DETOUR = { timeout: 20_000 };

describe("the storefront goes on", () => {
  it("without streams: it asks instead", async () => {
    const scene = await openScene(browser);
    await scene.openSale();
    const { page } = await scene.visit();
    await page.route("**/events", (route) => route.abort());
    await page.reload();
    await buyButton(page).click();
    await expectTicket(page, /Settling/);
    await scene.shop.settle();
    await expectTicket(page, /It is yours/);
    await scene.other.checkouts.create(ONE);
    await expect.poll(() => stockOn(page), DETOUR).toEqual([38, 1, 1]);
  });

  it("when its streams are cut half-way", async () => {
    const scene = await openScene(browser);
    await scene.openSale();
    const { page } = await scene.visit();
    await buyButton(page).click();
    await expectTicket(page, /Settling/);
    await expect.poll(() => scene.shop.streams.size).toBe(2);
    scene.shop.streams.close();
    await scene.shop.settle();
    await expectTicket(page, /It is yours/);
    await expect.poll(() => stockOn(page), DETOUR).toEqual([39, 0, 1]);
  });

  it("off line and back: what was clicked meanwhile is bought, once", async () => {
    const scene = await openScene(browser);
    const sale = await scene.openSale();
    scene.settling();
    const { page } = await scene.visit();
    await expect.poll(() => stockOn(page)).toEqual([40, 0, 0]);
    await page.context().setOffline(true);
    await page.getByText("You are offline").waitFor();
    await buyButton(page).click();
    await expectTicket(page, /^No connection\nYour request is kept/);
    expect(await ticketOf(page).getByRole("button", { name: "Stop trying" }).count()).toBe(0);
    await scene.other.checkouts.create(ONE);
    await page.context().setOffline(false);
    await expectTicket(page, /It is yours/);
    await page.getByText("Live").waitFor();
    await expect.poll(() => stockOn(page), DETOUR).toEqual([38, 0, 2]);
    expect(await scene.other.sales.get(sale)).toMatchObject({ stock: { sold: 2 } });
  });

  it("through a pause: it says so, tries again by itself, and stops if it is told to", async () => {
    const scene = await openScene(browser);
    const sale = await scene.openSale();
    scene.settling();
    const parts = { ledger: scene.shop.ledger, opening: scene.shop.gate };
    await pauseSale(parts, sale);
    await scene.shop.keeper.resync({ missed: true });
    const { page } = await scene.visit();
    await page.getByText("Paused", { exact: true }).waitFor();
    await buyButton(page).click();
    await expectTicket(page, /^The sale is paused\n.*Trying again in \d s/);
    await ticketOf(page).getByRole("button", { name: "Stop trying" }).click();
    await expectTicket(page, /Your ticket will be here/);
    await buyButton(page).click();
    await expectTicket(page, /^The sale is paused/);
    await resumeSale(parts, sale);
    await scene.shop.keeper.resync({ missed: true });
    await expectTicket(page, /It is yours/);
    expect(await scene.other.sales.get(sale)).toMatchObject({ stock: { sold: 1 } });
  });

  it("past an allowance: it waits for its turn", async () => {
    const user = new Allowance("user", { requests: 1, windowS: 2 });
    const scene = await openScene(browser, () => ({ allowances: { user, address: null } }));
    await scene.openSale();
    scene.settling();
    const { page } = await scene.visit();
    await page.getByRole("button", { name: /^Buy: .* No\. 2$/ }).click();
    await page.getByRole("button", { name: /^Buy: .* No\. 3$/ }).click();
    await expectTicket(page, /^A little too fast/);
    await expectTicket(page, /No\. 3\nIt is yours/);
  });

  it("when the shop is away, and says so", async () => {
    const scene = await openScene(browser);
    await scene.openSale();
    const { page } = await scene.visit();
    await page.getByText("Live").waitFor();
    await page.route("**/v1/**", (route) => route.abort());
    await page.reload();
    await page.getByText("Shop out of reach, trying again").waitFor(DETOUR);
    await page.unrouteAll();
    await page.getByText("Live").waitFor(DETOUR);
    await expect.poll(() => stockOn(page)).toEqual([40, 0, 0]);
  });
});
