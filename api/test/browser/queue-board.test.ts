import { openBrowser, type TestBrowser, type WatchedPage } from "@flashgate/local/testing/browser";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openBoard, operateQueue, type QueueUnderTest, SECRETS, TOKEN } from "../operated-queue.ts";

let under: QueueUnderTest;
let browser: TestBrowser;
beforeAll(async () => {
  [under, browser] = await Promise.all([operateQueue(), openBrowser()]);
  await under.fill();
});
afterAll(async () => {
  await Promise.all([browser?.close(), under?.stop()]);
});

async function openAt(parts: Parameters<typeof openBoard>[1] = {}) {
  const board = await openBoard(under.open, parts);
  onTestFinished(() => board.stop());
  const watched = await browser.open();
  onTestFinished(() => watched.page.context().close());
  return { board, ...watched };
}

async function signIn({ page }: Pick<WatchedPage, "page">, url: string) {
  await page.goto(url);
  await page.getByLabel("Ops token").fill(TOKEN);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** What the browser says itself of the two pages that ask for the token. */
const NOT_YET = /status of 401/;

async function expectNoSecret(page: WatchedPage["page"]) {
  const shown = await page.locator("body").innerText();
  for (const secret of SECRETS) expect(shown).not.toContain(secret);
}

describe("in a browser, the ops port", () => {
  it("asks for the token where one wanted to go, again where it is wrong, and lists what there is", async () => {
    const { board, page, requests, faults } = await openAt();
    await page.goto(`${board.url}/`);
    await page.getByLabel("Ops token").fill("not the token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("That is not the token.").waitFor();
    await browser.picture(page, "sign-in");
    await page.getByLabel("Ops token").fill(TOKEN);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Metrics" }).waitFor();
    expect(page.url()).toBe(`${board.url}/`);
    await browser.picture(page, "ops-index");
    await page.getByRole("link", { name: "Queues" }).click();
    await page.getByText("Flashgate queues").first().waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${board.url}/login`);
    await page.goto(`${board.url}/queues/`);
    await page.getByLabel("Ops token").waitFor();
    expect(faults.filter((fault) => !NOT_YET.test(fault))).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(board.url) && !url.startsWith("data:"))).toEqual([]);
  });

  it("shows every job in its state, masked, to be looked at only, and asks nobody else for anything", async () => {
    const { board, page, requests, faults } = await openAt();
    await signIn({ page }, `${board.url}/queues/queue/pages`);
    await page.getByText("Failed query: insert into").first().waitFor();
    expect(page.url()).toBe(`${board.url}/queues/queue/pages`);
    await expectNoSecret(page);
    expect(await page.getByRole("button", { name: /retry|clean|promote|pause|obliterate|add/i }).count()).toBe(0);

    await page.getByRole("link", { name: "FAILED 2" }).click();
    await page.getByRole("link", { name: "#2 [masked]" }).waitFor();
    for (const tab of await page.getByRole("tab", { name: "Data" }).all()) await tab.click();
    await page.getByText(/masked:\s*3/).waitFor();
    await expectNoSecret(page);
    await browser.picture(page, "queues");

    await page.goto(`${board.url}/queues/`);
    await page.getByRole("main").getByRole("link", { name: "pages" }).first().waitFor();
    await browser.picture(page, "queues-overview");
    expect(faults.filter((fault) => !NOT_YET.test(fault))).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(board.url) && !url.startsWith("data:"))).toEqual([]);
  });

  it("retries a job for whom it may, behind a proxy's path too", async () => {
    const env = { OPS_PUBLIC_URL: "https://ops.example.com/flashgate" };
    const { board, page, faults } = await openAt({ writable: true, env });
    await signIn({ page }, `${board.url}/flashgate/queues/queue/pages?status=failed`);
    await page.getByText("Failed query: insert into").first().waitFor();
    await browser.picture(page, "queues-writable");
    await page.getByRole("button", { name: "Retry all" }).click();
    await page.getByRole("button", { name: "Confirm" }).click();
    await expect.poll(() => under.queue.getJobCounts()).toMatchObject({ failed: 0, waiting: 4 });
    expect(board.changes).toMatchObject([{ method: "PUT", status: 200 }]);
    expect(faults.filter((fault) => !NOT_YET.test(fault))).toEqual([]);
  });
});
