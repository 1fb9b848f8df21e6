import { openBrowser, type TestBrowser } from "@flashgate/local/testing/browser";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { readSecret } from "../../src/kept-secret.ts";
import { Instance } from "../e2e/instance.ts";

/** A crowd is sent, everything is killed and comes up again, and a busy machine is slow. */
vi.setConfig({ testTimeout: 180_000 });

const SALE_ENV = { ROTATION: "off" };
const ended = { timeout: 60_000, interval: 100 };

const instance = new Instance();
let browser: TestBrowser;
beforeAll(async () => {
  await instance.up([], SALE_ENV);
  browser = await openBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await instance.dispose();
});

/** The console, signed in with the token that the data folder keeps. */
async function openConsole() {
  const { page } = await browser.open({ viewport: { width: 1280, height: 1_200 } });
  const [opsUrl = ""] = instance.state.ops_urls["api"] ?? [];
  await page.goto(`${opsUrl}/console/`);
  await page.getByLabel("Ops token").fill(readSecret(instance.dataDir, "ops-token") ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  const units = async () => {
    const texts = await page.locator(".equation dd").allInnerTexts();
    return texts.map((text) => Number(text.replaceAll(/[^\d]/g, "")));
  };
  return { page, units, verdict: () => page.locator(".verdict-title").innerText() };
}

it("killed with its crowd at the door and started again, the console is back with a verdict that holds", async () => {
  const before = await openConsole();
  await before.page.getByRole("button", { name: "Start a crowd" }).click();
  await before.page.getByRole("dialog").getByRole("button", { name: "Start" }).click();
  await expect.poll(async () => (await before.units())[1], ended).toBeGreaterThan(500);
  const shown = (await before.units())[1] ?? Number.NaN;
  await instance.kill();
  await instance.gone();
  await before.page.locator(".standing.bad").waitFor();

  await instance.up([], SALE_ENV);
  const { page, units, verdict } = await openConsole();
  // What the dead processes had reserved is settled once the gate is open; nobody buys any more.
  await expect.poll(() => page.locator(".machinery .fact dd").allInnerTexts(), ended).toContain("open");
  await expect.poll(async () => (await units())[2], ended).toBe(0);
  await expect.poll(verdict, ended).toBe("Every unit is accounted for");
  const [total, sold = 0, held, available = 0] = await units();
  expect([total, held, sold + available]).toEqual([10_000, 0, 10_000]);
  expect(sold).toBeGreaterThanOrEqual(shown);
  expect(await page.locator(".promise.broken").count()).toBe(0);
  expect((await instance.flashgate("verify", "--sale", "current")).code).toBe(0);

  // The crowd died with what ran it, and another one can be sent.
  await page.getByRole("button", { name: "Start a crowd" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Start" }).click();
  await expect.poll(units, ended).toEqual([10_000, 10_000, 0, 0]);
  await expect.poll(verdict, ended).toBe("Every unit is accounted for");
});
