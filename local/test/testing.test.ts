import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { LocalServices } from "../src/index.ts";
import { createTestDatabase, startTestServices } from "../src/testing.ts";
import { PRIVATE_ENV, REDIS_ONLY_ENV } from "./environment.ts";
import { testFolder } from "./folder.ts";
import { startParent } from "./parent.ts";
import { query } from "./postgres-client.ts";
import { redisCommand } from "./redis-client.ts";

describe("services for tests", () => {
  let services: LocalServices;
  beforeAll(async () => {
    services = await startTestServices({ env: PRIVATE_ENV });
  });
  afterAll(() => services.stop());

  test("each database is its own copy of the template", async () => {
    const template = await createTestDatabase(services.databaseUrl);
    await query(template.databaseUrl, "CREATE TABLE colours AS SELECT 'red' AS colour");
    const [one, other] = await Promise.all([
      createTestDatabase(services.databaseUrl, template.name),
      createTestDatabase(services.databaseUrl, template.name),
    ]);
    await query(one.databaseUrl, "UPDATE colours SET colour = 'blue'");
    expect(await query(one.databaseUrl, "SELECT colour FROM colours")).toEqual([{ colour: "blue" }]);
    expect(await query(other.databaseUrl, "SELECT colour FROM colours")).toEqual([{ colour: "red" }]);
  });

  test("a dropped database is gone, whoever used it", async () => {
    const database = await createTestDatabase(services.databaseUrl);
    const waiting = query(database.databaseUrl, "SELECT pg_sleep(600)").catch(() => "cut off");
    await database.drop();
    await database.drop();
    expect(await waiting).toBe("cut off");
    await expect(query(database.databaseUrl, "SELECT 1")).rejects.toThrow("does not exist");
  });
});

const folderOf = async (redisUrl: string) =>
  dirname((await redisCommand(redisUrl, "CONFIG GET dir")).split("\r\n").at(-1) ?? "");

test("their folder goes when they stop", async () => {
  const services = await startTestServices({ env: REDIS_ONLY_ENV });
  const folder = await folderOf(services.redisUrl);
  expect(existsSync(folder)).toBe(true);
  await services.stop();
  expect(existsSync(folder)).toBe(false);
});

test("their folder goes too when the test is killed", async () => {
  const parent = await startParent("temporary", "hold");
  const folder = await folderOf(parent.redisUrl);
  expect(existsSync(folder)).toBe(true);
  process.kill(parent.pid, "SIGKILL");
  await expect.poll(() => existsSync(folder), { timeout: 15_000 }).toBe(false);
});

test("services that cannot be started leave no folder", async () => {
  const temporary = testFolder();
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const env = { ...REDIS_ONLY_ENV, REDIS_SERVER: "/no-such-server" };
  await expect(startTestServices({ env })).rejects.toThrow("REDIS_SERVER /no-such-server does not run");
  expect(readdirSync(temporary)).toEqual([]);
});

test("a Redis of a test's own keeps nothing, unless it is asked to keep all", async () => {
  const [fast, durable] = await Promise.all([
    startTestServices({ redisOnly: true }),
    startTestServices({ redisOnly: true, redisDurable: true }),
  ]);
  for (const redis of [fast, durable]) {
    onTestFinished(redis.stop);
    await redisCommand(redis.redisUrl, "SET colour red");
    const killedPid = redis.pid();
    process.kill(killedPid, "SIGKILL");
    await expect.poll(() => redis.pid(), { timeout: 15_000, interval: 20 }).not.toBe(killedPid);
  }
  expect(await redisCommand(fast.redisUrl, "GET colour")).toBe("$-1");
  expect(await redisCommand(durable.redisUrl, "GET colour")).toContain("red");
});
