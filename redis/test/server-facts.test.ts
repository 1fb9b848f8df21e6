import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRedisFacts, readUserRights } from "../src/server-facts.ts";
import { type RedisUser, redisUsers, urlFor } from "../src/users.ts";

const PASSWORDS = { gate: "gate secret", opener: "opener secret", queue: "queue secret" };
const clock = { nowMs: () => Date.now() };
const NONE = { readsGates: false, runsScripts: false, loadsScripts: false, usesQueue: false, administers: false };

describe("what a Redis tells of itself", () => {
  let server: TestRedis;
  let control: Redis;
  beforeAll(async () => {
    server = await startTestServices({ redisOnly: true, redisDurable: true, redisUsers: redisUsers(PASSWORDS) });
    control = new Redis(server.redisUrl);
    control.on("error", () => undefined);
  });
  afterAll(async () => {
    control?.disconnect();
    await server?.stop();
  });
  const as = (user: RedisUser) => urlFor(server.redisUrl, user, PASSWORDS[user]);

  it("that gates can be kept in: all of it to an administrator, to a process as much as it may see", async () => {
    const facts = await readRedisFacts(server.redisUrl, clock);
    expect(facts).toMatchObject({
      policy: "noeviction",
      isReplica: false,
      memoryBytesMax: 0,
      aof: { enabled: true, fsync: "always", failed: [] },
    });
    expect(Number.parseInt(facts.version, 10)).toBeGreaterThanOrEqual(7);
    expect(facts.memoryBytes).toBeGreaterThan(0);
    expect(Math.abs(facts.aheadMs)).toBeLessThanOrEqual(facts.roundTripMs / 2 + 5);
    const seen = await readRedisFacts(as("gate"), clock);
    expect(seen).toMatchObject({ policy: "noeviction", aof: { enabled: true, fsync: null, failed: [] } });
  });

  it("that gates cannot be kept in", async () => {
    await control.config("SET", "maxmemory-policy", "allkeys-lru");
    await control.config("SET", "maxmemory", "500mb");
    await control.config("SET", "appendfsync", "everysec");
    expect(await readRedisFacts(server.redisUrl, clock)).toMatchObject({
      policy: "allkeys-lru",
      memoryBytesMax: 500 * 1_024 * 1_024,
      aof: { enabled: true, fsync: "everysec" },
    });
    await control.config("SET", "appendonly", "no");
    expect((await readRedisFacts(server.redisUrl, clock)).aof.enabled).toBe(false);
  });

  it("and what each of its users may do", async () => {
    expect(await readUserRights(as("gate"))).toEqual({ ...NONE, readsGates: true, runsScripts: true });
    expect(await readUserRights(as("opener"))).toEqual({
      ...NONE,
      readsGates: true,
      runsScripts: true,
      loadsScripts: true,
    });
    expect(await readUserRights(as("queue"))).toEqual({ ...NONE, usesQueue: true });
    const all = await readUserRights(server.redisUrl);
    expect(Object.values(all)).toEqual([true, true, true, true, true]);
    expect(await control.dbsize()).toBe(0);
  });

  it("not where it cannot be asked, and why", async () => {
    await expect(readRedisFacts("redis://127.0.0.1:1", clock)).rejects.toThrow("ECONNREFUSED");
    await expect(readUserRights(urlFor(server.redisUrl, "gate", "another"))).rejects.toThrow(/WRONGPASS/);
  });
});
