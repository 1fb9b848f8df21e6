import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startLocalServices } from "../src/index.ts";
import { PRIVATE_ENV } from "./environment.ts";
import { testFolder } from "./folder.ts";

const DATABASE_URL = "postgres://given.example/shop";
const REDIS_URL = "redis://given.example";

test("what the environment gives is used, and nothing is started", async () => {
  const dataDir = join(testFolder(), "data");
  const services = await startLocalServices({ dataDir, durable: true, env: { DATABASE_URL, REDIS_URL } });
  expect(services).toMatchObject({
    databaseUrl: DATABASE_URL,
    redisUrl: REDIS_URL,
    postgres: { kind: "external" },
    redis: { kind: "external" },
  });
  expect(services.pids()).toEqual({});
  expect(existsSync(dataDir)).toBe(false);
  await services.stop();
});

test("one may be given and the other private", async () => {
  const env = { ...PRIVATE_ENV, REDIS_URL };
  const services = await startLocalServices({ dataDir: testFolder(), durable: false, env });
  onTestFinished(services.stop);
  expect(services.redis).toEqual({ kind: "external", url: REDIS_URL });
  expect(services.postgres.kind).toBe("private");
  expect(Object.keys(services.pids()).sort()).toEqual(["postgres", "supervisor"]);
});
