import { Flashgate } from "@flashgate/client";
import { openBrowser, type TestBrowser } from "@flashgate/local/testing/browser";
import { SignJWT } from "jose";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearerToken } from "../../../api/src/authentication/bearer-token.ts";
import { buyButton, expectTicket, openScene, spokenOn, stockOn, ticketOf } from "./scene.ts";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const SECRET = "what a shop's sign-in signs with!!";
const TOKEN = "flashgate:token";

const openSignedScene = () =>
  openScene(browser, (clock) => ({ authenticator: bearerToken({ keys: { secret: SECRET }, clock }) }));

/** What a shop's sign-in hands out, good for so many seconds from now. */
function tokenOf(user: string, seconds: number): Promise<string> {
  const payload = { sub: user, exp: Math.floor(Date.now() / 1_000) + seconds };
  return new SignJWT(payload).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET));
}

/** As the shop's own pages do, on the same origin. */
const leave = (page: Page, token: string) =>
  page.evaluate(([name, text]) => localStorage.setItem(name, text), [TOKEN, token] as const);

describe("with AUTH=jwt, on the storefront", () => {
  it("a stranger sees the sale and is asked to sign in; who does so in another tab buys under their own name", async () => {
    const scene = await openSignedScene();
    await scene.openSale();
    scene.settling();
    const { page } = await scene.visit();
    await expect.poll(() => stockOn(page)).toEqual([40, 0, 0]);
    await buyButton(page).click();
    await expectTicket(page, /^Please sign in\nThe shop needs to know who you are/);
    await expect.poll(() => spokenOn(page).innerText()).toMatch(/^Please sign in\./);
    await ticketOf(page).getByRole("button", { name: "Dismiss" }).click();

    const signIn = await page.context().newPage();
    await signIn.goto(scene.shop.url);
    const reloaded = page.waitForEvent("load");
    const token = await tokenOf("ada", 600);
    await leave(signIn, token);
    await reloaded;
    await buyButton(page).click();
    await expectTicket(page, /It is yours/);
    const ada = new Flashgate({ baseUrl: scene.shop.url, token });
    expect((await ada.orders.list()[Symbol.asyncIterator]().next()).value).toMatchObject({ quantity: 1 });
  });

  it("who signed in buys; one whose token has expired is told so, and buys once it is renewed", async () => {
    const scene = await openSignedScene();
    const sale = await scene.openSale();
    scene.settling();
    const { page } = await scene.visit();
    await leave(page, await tokenOf("bob", 600));
    await page.reload();
    await buyButton(page).click();
    await expectTicket(page, /It is yours/);

    await leave(page, await tokenOf("bob", -60));
    await buyButton(page).click();
    await expectTicket(page, /^Please sign in again\nYour sign-in is not valid any more\. Nothing was reserved\./);
    expect(await scene.other.sales.get(sale)).toMatchObject({ stock: { available: 39, held: 0, sold: 1 } });

    await leave(page, await tokenOf("bob", 600));
    await buyButton(page).click();
    await expectTicket(page, /It is yours/);
    await page.getByText("You have 2 of 10").waitFor();
  });
});
