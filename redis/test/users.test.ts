import { readdirSync, readFileSync } from "node:fs";
import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, ready } from "../src/connection.ts";
import { openGate, type RedisGate } from "../src/gate.ts";
import { gateKeys, metaKey, QUEUE_NAME, QUEUE_PREFIX } from "../src/keys.ts";
import { CONSTANT } from "../src/scripts.ts";
import { BullSettlementConsumer } from "../src/settlement-consumer.ts";
import { BullSettlementQueue } from "../src/settlement-queue.ts";
import { monitorUser, type RedisUser, redisUsers, urlFor } from "../src/users.ts";
import { impatientClock, Shop, serverNowMs } from "./shop.ts";

const PASSWORDS = { gate: "gate secret", opener: "opener secret", queue: "queue secret" };
const NOPERM = /^NOPERM/;

describe("the users of Redis", () => {
  let server: TestRedis;
  const users = new Map<RedisUser, Redis>();
  const as = (user: RedisUser): Redis => users.get(user) as Redis;
  const urlOf = (user: RedisUser) => urlFor(server.redisUrl, user, PASSWORDS[user]);

  beforeAll(async () => {
    server = await startTestServices({
      redisOnly: true,
      redisUsers: [...redisUsers(PASSWORDS), monitorUser("a probe")],
    });
    for (const user of ["gate", "opener", "queue"] as const) {
      const redis = connect(urlOf(user), `test-${user}`, "answer");
      users.set(user, redis);
      await ready(redis);
    }
  });
  afterAll(async () => {
    for (const redis of users.values()) redis.disconnect();
    await server?.stop();
  });

  const { stock, holds } = gateKeys("x-1", 1);
  const queued = `${QUEUE_PREFIX}:${QUEUE_NAME}:wait`;
  it.each<[RedisUser, string, string[]]>([
    ["gate", "EVAL", ["return 1", "0"]],
    ["gate", "EVAL", [CONSTANT.shut.text, "1", metaKey("x-1"), "9"]],
    ["gate", "SCRIPT", ["LOAD", "return 1"]],
    ["gate", "SCRIPT", ["FLUSH"]],
    ["gate", "FUNCTION", ["LIST"]],
    ["gate", "RENAME", [stock, holds]],
    ["gate", "DEL", [holds]],
    ["gate", "KEYS", ["*"]],
    ["gate", "SCAN", ["0"]],
    ["gate", "LPUSH", [queued, "1"]],
    ["gate", "GET", ["somebody:else"]],
    ["gate", "CONFIG", ["SET", "maxmemory", "1"]],
    ["gate", "REPLICAOF", ["NO", "ONE"]],
    ["gate", "ACL", ["LIST"]],
    ["gate", "PUBLISH", ["other:events", "x"]],
    ["gate", "FLUSHALL", []],
    ["opener", "EVAL", ["return 1", "0"]],
    ["opener", "SCRIPT", ["FLUSH"]],
    ["opener", "LPUSH", [queued, "1"]],
    ["opener", "CONFIG", ["GET", "requirepass"]],
    ["opener", "FLUSHALL", []],
    ["queue", "HGETALL", [holds]],
    ["queue", "HSET", [metaKey("x-1"), "open", "1"]],
    ["queue", "EVAL", [CONSTANT.shut.text, "1", metaKey("x-1"), "9"]],
    ["queue", "SCRIPT", ["LOAD", "return 1"]],
    ["queue", "PUBLISH", ["flashgate:events", "{}"]],
    ["queue", "FLUSHALL", []],
    ["queue", "CONFIG", ["GET", "*"]],
  ])("%s may not %s (%#)", async (user, command, args) => {
    await expect(as(user).call(command, ...args)).rejects.toThrow(NOPERM);
  });

  it("lets every script do all that it does: one that is stopped midway would leave half of it", () => {
    const folder = new URL("../lua/", import.meta.url);
    const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
    const commands = new Set(
      texts.flatMap((text) => [...text.matchAll(/redis\.p?call\("(\w+)"/g)].map(([, name]) => name)),
    );
    expect(commands.size).toBeGreaterThan(10);
    for (const user of ["gate", "opener"] as const) {
      const rights = redisUsers(PASSWORDS)
        .find((line) => line.startsWith(`user flashgate_${user} `))
        ?.split(" ");
      expect([...commands].filter((name) => !rights?.includes(`+${name?.toLowerCase()}`))).toEqual([]);
    }
  });

  it("tells a probe how the server is, and nothing of anybody", async () => {
    const url = new URL(server.redisUrl);
    url.username = "flashgate_monitor";
    url.password = "a probe";
    const probe = connect(url.href, "test-probe", "answer");
    await ready(probe);
    expect(await probe.info("persistence")).toContain("aof_enabled");
    expect(await probe.call("SLOWLOG", "LEN")).toEqual(expect.any(Number));
    for (const [command, ...args] of [["SLOWLOG", "GET"], ["CONFIG", "GET", "*"], ["HGETALL", holds], ["MONITOR"]]) {
      await expect(probe.call(command ?? "", ...args)).rejects.toThrow(NOPERM);
    }
    probe.disconnect();
  });

  it("takes no password for another's", async () => {
    const stranger = connect(urlFor(server.redisUrl, "gate", "opener secret"), "test-stranger", "once");
    await expect(stranger.ping()).rejects.toThrow();
    stranger.disconnect();
  });

  it("lets the gate sell what the opener opened, and open nothing itself", async () => {
    const open = (user: "gate" | "opener"): Promise<RedisGate> =>
      openGate({ url: urlOf(user), name: `test-${user}`, clock: impatientClock(), backlogMax: 40 });
    const [gate, opener] = [await open("gate"), await open("opener")];
    const shop = new Shop(await serverNowMs(as("gate")));
    await expect(gate.opening.shut(shop.saleId, 1, 0)).rejects.toThrow(NOPERM);
    await shop.recover(opener, 1, 0);
    expect((await shop.reserve(gate)).kind).toBe("held");
    gate.close();
    opener.close();
  });

  it("carries pages as the queue's user", async () => {
    const page = { saleId: "x-1", epoch: 1, checkoutIds: ["c1"] };
    const queue = new BullSettlementQueue({ url: urlOf("queue"), onFault: () => undefined });
    await queue.whenReady();
    const faults: unknown[] = [];
    let settled: (page: unknown) => void = () => undefined;
    const seen = new Promise((resolve) => {
      settled = resolve;
    });
    const consumer = new BullSettlementConsumer({
      url: urlOf("queue"),
      concurrency: 1,
      settle: async (what) => {
        settled(what);
        return "done";
      },
      onFault: (error) => faults.push(error),
    });
    await consumer.start();
    await queue.enqueue(page);
    expect(await seen).toEqual(page);
    await consumer.close();
    await queue.close();
    expect(faults).toEqual([]);

    const board = new Queue(QUEUE_NAME, { prefix: QUEUE_PREFIX, connection: as("queue") });
    expect(await board.getJobCounts()).toMatchObject({ waiting: 0, active: 0, failed: 0 });
    await board.close();
  });
});
