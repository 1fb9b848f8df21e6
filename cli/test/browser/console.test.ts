import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createPool } from "@flashgate/drizzle";
import { openBrowser, type TestBrowser } from "@flashgate/local/testing/browser";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { layoutFaults } from "../../../web/test/browser/layout-faults.ts";
import { readSecret } from "../../src/kept-secret.ts";
import { checkout, Instance } from "../e2e/instance.ts";

/** A crowd is sent, and a busy machine is slow. */
vi.setConfig({ testTimeout: 120_000 });

/** What the browser says itself of the page that asks for the token. */
const NOT_YET = /status of 401/;
const DESKTOP = { viewport: { width: 1280, height: 1_200 } };
/** All of the page, also where it has more to tell. */
const TALL = { viewport: { width: 1280, height: 1_320 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const instance = new Instance();
let browser: TestBrowser;
let axe: string;
beforeAll(async () => {
  await instance.up([], { ROTATION: "off", GRAFANA_URL: "https://grafana.example/" });
  browser = await openBrowser();
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await instance.dispose();
});

type Look = NonNullable<Parameters<TestBrowser["open"]>[0]>;

/** The console, signed in. */
async function openConsole(look: Look = {}, hash = "") {
  const watched = await browser.open({ ...DESKTOP, colorScheme: "light", reducedMotion: "reduce", ...look });
  onTestFinished(() => watched.page.context().close());
  const { page } = watched;
  const [opsUrl = ""] = instance.state.ops_urls["api"] ?? [];
  await page.goto(`${opsUrl}/console/`);
  await page.getByLabel("Ops token").fill(readSecret(instance.dataDir, "ops-token") ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Flashgate console" }).waitFor();
  if (hash !== "") {
    await page.goto(`${opsUrl}/console/#${hash}`);
    await page.reload();
  }
  return { ...watched, opsUrl };
}

const ended = { timeout: 60_000, interval: 100 };
const unitsOn = async (page: Page) => {
  const texts = await page.locator(".equation dd").allInnerTexts();
  return texts.map((text) => Number(text.replaceAll(/[^\d]/g, "")));
};
const verdictOn = (page: Page) => page.locator(".verdict-title").innerText();

/** What axe-core has against a page that is serious or worse. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>("axe.run()");
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Notes what moved up or down by itself, from a page's first paint on; figures grow to their left, which is no harm. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    interface Shift extends PerformanceEntry {
      readonly sources: readonly { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    }
    const moved: string[] = [];
    Object.assign(window, { moved });
    const note = (list: PerformanceObserverEntryList) => {
      const sources = (list.getEntries() as Shift[]).flatMap((entry) => entry.sources);
      const across = sources.filter(({ previousRect, currentRect }) => previousRect.top !== currentRect.top);
      moved.push(...across.map(({ node }) => `${node?.parentElement?.className}: ${node?.textContent?.slice(0, 60)}`));
    };
    new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
  });
}

/** Notes every number of sold units that a page shows from now on. */
async function noteSold(page: Page): Promise<void> {
  await page.evaluate(() => {
    const sold: number[] = [];
    Object.assign(window, { sold });
    const note = () => {
      const text = document.querySelector(".term.sold dd")?.textContent ?? "";
      const units = Number(text.replaceAll(/[^\d]/g, ""));
      if (units !== sold.at(-1)) sold.push(units);
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

async function check(page: Page): Promise<void> {
  expect(await layoutFaults(page)).toEqual([]);
  expect(await seriousFindings(page)).toEqual([]);
}

async function inDatabase(text: string): Promise<void> {
  const { postgres } = await instance.databases();
  const pool = createPool({ url: postgres.url, max: 1, applicationName: "operator", onError: () => undefined });
  await pool.query(text);
  await pool.end();
}

/** What the api's log says of operators' changes. */
function auditLines(): string[] {
  const folder = join(instance.dataDir, "logs");
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  return texts.flatMap((text) => text.split("\n")).filter((line) => line.includes('"audit":true'));
}

async function confirm(page: Page, button: string, verb: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: verb, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}

describe("the console", () => {
  it("shows nothing to strangers, and what there is where no sale is", async () => {
    const { page, faults, requests, opsUrl } = await openConsole();
    expect((await fetch(`${opsUrl}/console/`)).status).toBe(401);
    expect((await fetch(`${opsUrl}/v1/admin/console`)).status).toBe(401);
    await expect.poll(() => verdictOn(page)).toBe("No sale to look at");
    await page.getByText("None: every checkout can be judged.").waitFor();
    expect(await page.getByRole("link", { name: "Grafana" }).getAttribute("href")).toBe("https://grafana.example/");
    await check(page);
    expect(faults.filter((fault) => !NOT_YET.test(fault))).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(opsUrl) && !url.startsWith("data:"))).toEqual([]);
  });

  it("sends a crowd, and shows 10,000 items sell out to a good verdict", async () => {
    const { page, faults } = await openConsole({ reducedMotion: "no-preference" });
    const night = await openConsole({ colorScheme: "dark" });
    const phone = await openConsole(PHONE);
    await watchShifts(page);
    await noteSold(page);
    await page.getByRole("button", { name: "Start a crowd" }).click();
    await page.getByText("256 buyers").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "Start" }).click();
    const sees = (on: Page, units: number) =>
      expect.poll(async () => (await unitsOn(on))[1], ended).toBeGreaterThan(units);
    await sees(page, 0);
    const shop = await browser.open({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
    onTestFinished(() => shop.page.context().close());
    await shop.page.goto(instance.url);
    await shop.page.locator(".buy-any").click();
    await sees(page, 1_000);
    await browser.picture(page, "console-sell-out-light");
    await sees(night.page, 3_000);
    await browser.picture(night.page, "console-sell-out-dark");
    await sees(phone.page, 5_000);
    await browser.picture(phone.page, "console-phone");
    await shop.page.locator(".ticket.confirmed").waitFor();
    await browser.picture(shop.page, "storefront-sell-out");
    for (const each of [page, night.page, phone.page]) {
      await expect.poll(() => unitsOn(each), ended).toEqual([10_000, 10_000, 0, 0]);
      await expect.poll(() => verdictOn(each), ended).toBe("Every unit is accounted for");
      await expect.poll(() => each.locator(".promise.kept").count(), ended).toBe(7);
    }
    const stock = async () => (await shop.page.locator(".stock-figure dd").allInnerTexts()).join();
    await expect.poll(stock, ended).toBe("0,0,10,000");
    const sold = await page.evaluate<number[]>("window.sold");
    expect(sold.some((units) => units > 0 && units < 10_000)).toBe(true);
    expect(sold).toEqual(sold.toSorted((a, b) => a - b));
    expect(await page.evaluate("window.moved")).toEqual([]);
    await page.getByRole("button", { name: "Start a crowd" }).waitFor(ended);
    const steps = await page.locator(".step-head strong").allInnerTexts();
    const [attempts = 0, held, settled] = steps.map((text) => Number(text.replaceAll(",", "")));
    expect(attempts).toBeGreaterThan(10_000);
    expect([held, settled]).toEqual([10_000, 10_000]);
    expect(await page.locator(".machinery .fact dd").allInnerTexts()).toEqual(
      expect.arrayContaining(["open", "1", "none", "0"]),
    );
    await check(page);
    await check(night.page);
    await check(phone.page);
    expect(faults.filter((fault) => !NOT_YET.test(fault))).toEqual([]);
  });

  it("turns red where the books were tampered with, and says what is wrong", async () => {
    const sale = await instance.newSale("--items", "100");
    const { page, faults } = await openConsole(TALL, sale);
    await expect.poll(() => verdictOn(page), ended).toBe("Every unit is accounted for");
    await inDatabase(`UPDATE flashgate.items SET sold = sold + 1 WHERE sale_id = '${sale}' AND id = 'i00042'`);
    await expect.poll(() => verdictOn(page), ended).toBe("The books do not agree");
    await page.getByText(/i00042/).waitFor();
    expect(await page.locator(".promise.broken").allInnerTexts()).toEqual([expect.stringContaining("Stock")]);
    expect(await page.getByRole("status").innerText()).toBe("Verdict: The books do not agree");
    await check(page);
    await browser.picture(page, "console-red");
    await inDatabase(`UPDATE flashgate.items SET sold = sold - 1 WHERE sale_id = '${sale}' AND id = 'i00042'`);
    await expect.poll(() => verdictOn(page), ended).toBe("Every unit is accounted for");
    expect(faults.filter((fault) => !NOT_YET.test(fault))).toEqual([]);
  });

  it("pauses, resumes, reconciles and repairs, each once it was confirmed", async () => {
    const sale = await instance.newSale("--items", "100");
    const { page } = await openConsole({}, sale);
    const buy = () => checkout(instance.url, sale, "ada");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Nobody is admitted from now on.", { exact: false }).waitFor();
    await page.keyboard.press("Escape");
    expect((await buy()).status).toBe(202);

    await confirm(page, "Pause", "Pause");
    await page.locator(".result", { hasText: "Paused; the gate knows." }).waitFor();
    expect((await buy()).status).not.toBe(202);
    await page.locator(".standing", { hasText: "Paused" }).waitFor();
    await confirm(page, "Resume", "Resume");
    await page.locator(".standing", { hasText: "Live" }).waitFor();
    expect((await buy()).status).toBe(202);

    await expect.poll(() => unitsOn(page), ended).toEqual([100, 2, 0, 98]);
    await confirm(page, "Reconcile", "Reconcile");
    await page.locator(".result", { hasText: "Reconcile: Both books agree." }).waitFor();
    await confirm(page, "Reconcile and repair", "Repair");
    await page.locator(".result", { hasText: "rebuilding the gate: not needed. Both books agree." }).waitFor();
  });

  it("tells what became of one checkout", async () => {
    const sale = await instance.newSale("--items", "10");
    const { page } = await openConsole(TALL, sale);
    await checkout(instance.url, sale, "bob");
    await expect.poll(() => unitsOn(page), ended).toEqual([10, 1, 0, 9]);
    await page.getByText("confirmed 1").waitFor();
    await page.getByRole("button", { name: "Latest" }).click();
    await expect
      .poll(() => page.locator(".moment-name").allInnerTexts())
      .toEqual([
        expect.stringMatching(/^Attempt/),
        expect.stringMatching(/^Held by the gate/),
        expect.stringMatching(/^Commit \+\d/),
      ]);
    await check(page);
    await browser.picture(page, "console-timeline");
    await page.getByLabel("Checkout id").fill("0198");
    await page.keyboard.press("Enter");
    await page.locator(".timeline", { hasText: "Neither gate nor ledger know it." }).waitFor();
  });

  it("shows a dead letter without whom it is of, and gives it up", async () => {
    const sale = await instance.newSale("--items", "10");
    const [checkoutId, shopper] = ["01980000-0000-7000-8000-00000000dead", "ada-lovelace"];
    await inDatabase(`INSERT INTO flashgate.dead_letters VALUES ('${sale}', '${checkoutId}', '${shopper}', 1,
      'value "${shopper}" is not taken', 5, now(), now(), now())`);
    const { page } = await openConsole({}, sale);
    await page.locator(".letter", { hasText: "value [masked] is not taken" }).waitFor();
    expect(await page.locator("body").innerText()).not.toContain(shopper);
    await check(page);
    await page.getByRole("button", { name: "Give up …0000dead" }).click();
    await page.getByText("It is cancelled for good", { exact: false }).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Give up" }).click();
    await page.locator(".result", { hasText: "It is cancelled." }).waitFor();
    await page.getByText("None: every checkout can be judged.").waitFor();
  });

  it("sends all dead letters to the judge again, once that was confirmed", async () => {
    const sale = await instance.newSale("--items", "10");
    const { page } = await openConsole({}, sale);
    await page.getByText("None: every checkout can be judged.").waitFor();
    expect(await page.getByRole("button", { name: "Retry all" }).count()).toBe(0);
    // One that the gate holds and nobody judges just now, and one that it does not know.
    process.kill(instance.pidOf("worker"), "SIGSTOP");
    onTestFinished(() => void process.kill(instance.pidOf("worker"), "SIGCONT"));
    const { body } = await checkout(instance.url, sale, "eve");
    const lost = "01980000-0000-7000-8000-000000001057";
    const letter = (id: string) => `('${sale}', '${id}', 'eve', 1, 'planted', 5, now(), now(), now())`;
    await inDatabase(`INSERT INTO flashgate.dead_letters VALUES ${letter(body.id)}, ${letter(lost)}`);
    await page.locator(".letter").nth(1).waitFor();
    await check(page);
    await page.getByRole("button", { name: "Retry all" }).click();
    await page.getByText("also those that are not listed here", { exact: false }).waitFor();
    await page.keyboard.press("Escape");
    expect(await page.locator(".letter").count()).toBe(2);
    await confirm(page, "Retry all", "Retry all");
    await page
      .locator(".result", { hasText: "1 sent to the judge, 0 with a verdict already, 1 wait for the gate" })
      .waitFor();
    process.kill(instance.pidOf("worker"), "SIGCONT");
    await expect.poll(() => unitsOn(page), ended).toEqual([10, 1, 0, 9]);
    await expect.poll(() => page.locator(".letter").count(), ended).toBe(1);
    const [log = ""] = auditLines().filter((line) => line.includes("retry_letters"));
    expect(JSON.parse(log)).toMatchObject({ audit: true, outcome: "sent 1, decided 0, not_held 1" });
    await confirm(page, "Give up …00001057", "Give up");
    await page.getByText("None: every checkout can be judged.").waitFor();
  });

  it("is worked with the keyboard alone", async () => {
    const sale = await instance.newSale("--items", "10");
    const { page } = await openConsole({}, sale);
    await page.locator(".standing", { hasText: "Live" }).waitFor();
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? "");
    for (let steps = 0; (await focused()) !== "Pause" && steps < 30; steps += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Tab");
    while ((await focused()) !== "Pause") await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".result", { hasText: "Paused; the gate knows." }).waitFor();
    await expect.poll(focused).toBe("Resume");
  });
});
