import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { QUEUE_NAME, QUEUE_PREFIX } from "../src/keys.ts";
import { BullQueueReader } from "../src/queue-reader.ts";
import { BullSettlementConsumer } from "../src/settlement-consumer.ts";
import { BullSettlementQueue } from "../src/settlement-queue.ts";
import { redisUsers, urlFor } from "../src/users.ts";

const PASSWORDS = { gate: "gate secret", opener: "opener secret", queue: "queue secret" };

let server: TestRedis;
let control: Redis;
let reader: BullQueueReader;
beforeAll(async () => {
  server = await startTestServices({ redisOnly: true, redisUsers: redisUsers(PASSWORDS) });
  control = new Redis(server.redisUrl);
  control.on("error", () => undefined);
  reader = new BullQueueReader(urlFor(server.redisUrl, "queue", PASSWORDS.queue), "test");
  await reader.whenReady();
});
afterAll(async () => {
  await reader?.close();
  control?.disconnect();
  await server?.stop();
});

it("tells how many pages wait, are worked on and were given up, and since when the oldest does", async () => {
  expect(await reader.depth()).toEqual({
    waiting: 0,
    active: 0,
    delayed: 0,
    failed: 0,
    paused: false,
    oldestAtMs: null,
  });
  expect(await control.dbsize()).toBe(0);

  const queue = new BullSettlementQueue({ url: server.redisUrl, onFault: () => undefined });
  await queue.whenReady();
  const beforeMs = Date.now();
  await queue.enqueue({ saleId: "x-1", epoch: 1, checkoutIds: ["c1"] });
  const afterMs = Date.now();
  await queue.enqueue({ saleId: "x-1", epoch: 1, checkoutIds: ["c2"] });
  const waiting = await reader.depth();
  expect(waiting).toMatchObject({ waiting: 2, active: 0, delayed: 0, failed: 0 });
  expect(waiting.oldestAtMs).toBeGreaterThanOrEqual(beforeMs);
  expect(waiting.oldestAtMs).toBeLessThanOrEqual(afterMs);

  let finish: (result: "done") => void = () => undefined;
  const finished = new Promise<"done">((resolve) => {
    finish = resolve;
  });
  const settle = ({ checkoutIds }: { readonly checkoutIds: readonly string[] }) =>
    checkoutIds[0] === "c1" ? finished : Promise.resolve("retry" as const);
  const consumer = new BullSettlementConsumer({
    url: server.redisUrl,
    concurrency: 2,
    settle,
    onFault: () => undefined,
  });
  await consumer.start();
  // c1 is worked on; c2 is tried again and again until it is given up.
  const underWay = { waiting: 0, active: 1, delayed: 0, failed: 1, paused: false, oldestAtMs: waiting.oldestAtMs };
  await expect.poll(() => reader.depth(), { timeout: 20_000 }).toEqual(underWay);
  finish("done");
  await expect.poll(() => reader.depth()).toMatchObject({ active: 0, failed: 1, oldestAtMs: null });
  await consumer.close();
  await queue.close();
});

it("says that somebody paused the queue, whose pages wait then", async () => {
  const editor = new Queue(QUEUE_NAME, { prefix: QUEUE_PREFIX, connection: { url: server.redisUrl } });
  await editor.pause();
  await editor.add("page", { saleId: "x-1", epoch: 1, checkoutIds: ["c3"] });
  expect(await reader.depth()).toMatchObject({ waiting: 1, paused: true });
  await editor.resume();
  expect(await reader.depth()).toMatchObject({ waiting: 1, paused: false });
  await editor.close();
});
