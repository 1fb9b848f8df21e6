import type { Page } from "@flashgate/core";
import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { QUEUE_NAME, QUEUE_PREFIX } from "../src/keys.ts";
import { BullSettlementConsumer, type PageResult } from "../src/settlement-consumer.ts";
import { BullSettlementQueue } from "../src/settlement-queue.ts";

let server: TestRedis;
let control: Redis;
const opened: { close(): Promise<void> }[] = [];
const faults: unknown[] = [];

beforeAll(async () => {
  server = await startTestServices({ redisOnly: true });
  control = new Redis(server.redisUrl, { maxRetriesPerRequest: null });
  control.on("error", () => undefined);
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await control.flushall();
  faults.length = 0;
});
afterAll(async () => {
  control?.disconnect();
  await server?.stop();
});

function openQueue() {
  const queue = new BullSettlementQueue({ url: server.redisUrl, onFault: (page, error) => faults.push([page, error]) });
  opened.push(queue);
  return queue;
}

/** A consumer that notes the pages it is given; `answer` decides each, by how often it was seen. */
async function openConsumer(answer: (times: number) => PageResult = () => "done") {
  const pages: Page[] = [];
  const consumer = new BullSettlementConsumer({
    url: server.redisUrl,
    concurrency: 2,
    settle: async (page) => {
      pages.push(page);
      return answer(pages.length);
    },
    onFault: (error) => faults.push(error),
  });
  opened.push(consumer);
  await consumer.start();
  return pages;
}

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `c${from + index}`);

describe("the settlement queue", () => {
  it("collects submitted checkouts into pages of at most 200, by sale and epoch, and delivers each", async () => {
    const queue = openQueue();
    await queue.whenReady();
    const pages = await openConsumer();
    for (const id of ids(450)) queue.submit("s", 1, id);
    queue.submit("s", 2, "later");
    queue.submit("t", 1, "other");
    await expect.poll(() => pages.flatMap((page) => page.checkoutIds).length, { timeout: 10_000 }).toBe(452);
    expect(pages.every((page) => page.checkoutIds.length <= 200)).toBe(true);
    const of = (saleId: string, epoch: number) =>
      pages.filter((page) => page.saleId === saleId && page.epoch === epoch).flatMap((page) => page.checkoutIds);
    expect(of("s", 1).sort()).toEqual(ids(450).sort());
    expect([of("s", 2), of("t", 1)]).toEqual([["later"], ["other"]]);
    expect(pages).toHaveLength(5);
  });

  it("delivers a page again that has to be retried", async () => {
    const queue = openQueue();
    await queue.whenReady();
    const pages = await openConsumer((times) => (times < 3 ? "retry" : "done"));
    await queue.enqueue({ saleId: "s", epoch: 1, checkoutIds: ["c"] });
    await expect.poll(() => pages.length, { timeout: 10_000 }).toBe(3);
    expect(faults).toEqual([]);
  });

  it("tells of pages it could not enqueue, and never fails the one who submitted", async () => {
    const queue = openQueue();
    await queue.whenReady();
    process.kill(server.pid(), "SIGSTOP");
    try {
      queue.submit("s", 1, "unknown");
      await expect.poll(() => faults.length, { timeout: 10_000 }).toBe(1);
    } finally {
      process.kill(server.pid(), "SIGCONT");
    }
    expect(faults).toMatchObject([[{ saleId: "s", epoch: 1, checkoutIds: ["unknown"] }, expect.any(Error)]]);
  });

  it("sends what it has collected before it closes", async () => {
    const queue = new BullSettlementQueue({ url: server.redisUrl, onFault: (_page, error) => faults.push(error) });
    await queue.whenReady();
    queue.submit("s", 1, "c");
    await queue.close();
    const pages = await openConsumer();
    // The page of the test before, whose enqueue timed out, may have arrived after all.
    await expect.poll(() => pages, { timeout: 10_000 }).toContainEqual({ saleId: "s", epoch: 1, checkoutIds: ["c"] });
    expect(faults).toEqual([]);
  });

  it("fails a job that somebody edited, and acts on nothing of it", async () => {
    const editor = new Queue(QUEUE_NAME, { prefix: QUEUE_PREFIX, connection: { url: server.redisUrl } });
    opened.push(editor);
    const pages = await openConsumer();
    const edited = [
      { saleId: 1, epoch: 1, checkoutIds: [] },
      { saleId: "s", epoch: 1, checkoutIds: [{}] },
      null,
      { saleId: "s", epoch: 1, checkoutIds: ids(201) },
    ];
    for (const data of edited) await editor.add("page", data);
    await expect.poll(() => faults.length, { timeout: 10_000 }).toBe(4);
    expect(pages).toEqual([]);
  });
});

it("counts the pages that the consumer is done with, failed ones too", async () => {
  const queue = openQueue();
  await queue.whenReady();
  const consumer = new BullSettlementConsumer({
    url: server.redisUrl,
    concurrency: 1,
    settle: async ({ checkoutIds: [id] }) => {
      if (id === "c1") throw new Error("a page fails");
      return "done";
    },
    onFault: () => undefined,
  });
  opened.push(consumer);
  await consumer.start();
  for (const id of ids(3)) await queue.enqueue({ saleId: "s", epoch: 1, checkoutIds: [id] });
  await expect.poll(() => consumer.finished, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
});

it("keeps of a page that failed its cause, and nothing that quotes a shopper", async () => {
  const jobs = new Queue(QUEUE_NAME, { prefix: QUEUE_PREFIX, connection: { url: server.redisUrl } });
  const consumer = new BullSettlementConsumer({
    url: server.redisUrl,
    concurrency: 1,
    settle: async () => {
      const away = Object.assign(new Error("the database is away"), { code: "ECONNREFUSED" });
      throw new Error("Failed query: select 1\nparams: ada", { cause: away });
    },
    onFault: (error) => faults.push(error),
  });
  opened.push(jobs, consumer);
  await consumer.start();
  const job = await jobs.add("page", { saleId: "s", epoch: 1, checkoutIds: ["c"] });
  await expect.poll(() => faults.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
  const kept = (await jobs.getJob(String(job.id)))?.toJSON();
  expect(kept?.failedReason).toBe("ECONNREFUSED: the database is away");
  expect(JSON.stringify(kept)).not.toContain("ada");
});
