import { startTestServices } from "@flashgate/local/testing";
import { createLogger, createRegistry, readOpsAccess, startOpsServer } from "@flashgate/monitoring";
import { BullSettlementConsumer, openQueues, redisUsers, urlFor } from "@flashgate/redis";
import { v7 as uuidv7 } from "uuid";
import { expect, vi } from "vitest";
import {
  createQueueBoard,
  type OpenQueues,
  type QueueBoardParts,
  type QueueChange,
} from "../src/queue-board/queue-board.ts";

export const TOKEN = "t".repeat(32);
const PASSWORDS = { gate: "gate secret", opener: "opener secret", queue: "queue secret" };

/** What must never be shown: of a shopper, and none of it belongs into a job. */
export const SECRETS = ["ada-lovelace", "order-key-77", "fingerprint-9f8e"];
const [USER, KEY, FINGERPRINT] = SECRETS;

const SALE = "2026112512";
/** A page of this epoch cannot be settled. */
const BROKEN_EPOCH = 9;
const broken = () =>
  new Error(`Failed query: insert into "flashgate"."checkouts" values ($1, $2, $3)\nparams: ${SECRETS.join(",")}`);

export type QueueUnderTest = Awaited<ReturnType<typeof operateQueue>>;

/** A Redis of its own, with the settlement queue as the queue's user gets to see it, and jobs in it. */
export async function operateQueue() {
  const server = await startTestServices({ redisOnly: true, redisUsers: redisUsers(PASSWORDS) });
  const url = urlFor(server.redisUrl, "queue", PASSWORDS.queue);
  const queues = await openQueues(url);
  const [shown] = queues.all;
  if (!shown) throw new Error("there is no queue");
  const { queue } = shown;
  const settled: string[] = [];
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const consumer = new BullSettlementConsumer({
    url,
    concurrency: 1,
    settle: async (page) => {
      if (page.epoch === BROKEN_EPOCH) throw broken();
      await released;
      settled.push(...page.checkoutIds);
      return "done";
    },
    onFault: () => undefined,
  });

  const page = (epoch: number, checkouts: number) => ({
    saleId: SALE,
    epoch,
    checkoutIds: Array.from({ length: checkouts }, () => uuidv7()),
  });
  const counted = (counts: Readonly<Record<string, number>>) =>
    vi.waitFor(async () => expect(await queue.getJobCounts()).toMatchObject(counts), { timeout: 10_000 });
  /** Jobs that failed, one of them edited by somebody; one that is being settled; some that wait. */
  const fill = async () => {
    const once = { attempts: 1 };
    await queue.add("page", page(BROKEN_EPOCH, 3), once);
    const edited = { ...page(BROKEN_EPOCH, 1), userId: USER, key: KEY, saleName: { fingerprint: FINGERPRINT } };
    const job = await queue.add(String(USER), edited, { ...once, ...{ owner: KEY } });
    await job.updateProgress({ user: USER });
    await job.log(`judging ${USER} ${KEY}`);
    await consumer.start();
    await counted({ failed: 2 });
    await queue.add("page", page(3, 200));
    await counted({ active: 1 });
    await queue.add("page", page(3, 12));
    await queue.add("page", page(3, 1));
    await queue.add("page", page(3, 7), { delay: 3_600_000 });
    expect(await queue.getJobCounts()).toMatchObject({ failed: 2, active: 1, waiting: 2, delayed: 1 });
  };
  const open = () => openQueues(url);
  const stop = async () => {
    release();
    await consumer.close();
    await queues.close();
    await server.stop();
  };
  return { queue, settled, page, fill, open, release, stop };
}

export type Board = Awaited<ReturnType<typeof openBoard>>;

/** An ops port with the board of these queues. */
export async function openBoard(
  open: () => Promise<OpenQueues>,
  { env = {}, ...parts }: Partial<QueueBoardParts> & { readonly env?: Readonly<Record<string, string>> } = {},
) {
  const changes: QueueChange[] = [];
  const errors: unknown[] = [];
  const access = readOpsAccess({ OPS_TOKEN: TOKEN, ...env });
  const board = createQueueBoard({
    open,
    writable: false,
    basePath: access.publicPath,
    onChange: (change) => changes.push(change),
    onError: (error) => errors.push(error),
    requestId: () => "request-1",
    random: () => 0,
    ...parts,
  });
  const ops = await startOpsServer({
    host: "127.0.0.1",
    port: 0,
    registry: createRegistry({ service: "api" }),
    // who signs in is told at any level
    logger: createLogger({ service: "api", level: "silent", destination: { write: () => undefined } }),
    checks: [],
    access,
    routes: [board],
  });
  const stop = async () => {
    await ops.close();
    await board.close();
  };
  return { url: ops.url, changes, errors, stop };
}
