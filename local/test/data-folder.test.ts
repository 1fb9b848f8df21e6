import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type LocalServices, LocalServicesError, readLocalState, startLocalServices } from "../src/index.ts";
import { PRIVATE_ENV, REDIS_ONLY_ENV } from "./environment.ts";
import { testFolder } from "./folder.ts";
import { query } from "./postgres-client.ts";
import { redisCommand } from "./redis-client.ts";

async function start(dataDir: string): Promise<LocalServices> {
  const services = await startLocalServices({ dataDir, durable: true, env: PRIVATE_ENV });
  onTestFinished(services.stop);
  return services;
}

/** No Postgres: for what concerns only the folder. */
const startRedis = (dataDir: string) => startLocalServices({ dataDir, durable: true, env: REDIS_ONLY_ENV });

test("a restart finds its data on the same URLs", async () => {
  const dataDir = testFolder();
  const first = await start(dataDir);
  await query(first.databaseUrl, "CREATE TABLE colours AS SELECT 'red' AS colour");
  await redisCommand(first.redisUrl, "SET colour red");
  await first.stop();

  const second = await start(dataDir);
  expect([second.databaseUrl, second.redisUrl]).toEqual([first.databaseUrl, first.redisUrl]);
  expect(await query(second.databaseUrl, "SELECT colour FROM colours")).toEqual([{ colour: "red" }]);
  expect(await redisCommand(second.redisUrl, "GET colour")).toContain("red");
});

test("what is durable is set so, what is not is not", async () => {
  const settings = async (services: LocalServices) => [
    ...(await query(services.databaseUrl, "SHOW fsync")),
    ...(await query(services.databaseUrl, "SHOW full_page_writes")),
    ...(await query(services.databaseUrl, "SHOW synchronous_commit")),
    (await redisCommand(services.redisUrl, "CONFIG GET append*")).match(/\b(yes|no|always|everysec)\b/g),
    (await redisCommand(services.redisUrl, "CONFIG GET maxmemory-policy")).includes("noeviction"),
  ];
  expect(await settings(await start(testFolder()))).toEqual([
    { fsync: "on" },
    { full_page_writes: "on" },
    { synchronous_commit: "on" },
    expect.arrayContaining(["yes", "always"]),
    true,
  ]);
  const fast = await startLocalServices({ dataDir: testFolder(), durable: false, env: PRIVATE_ENV });
  onTestFinished(fast.stop);
  expect(await settings(fast)).toEqual([
    { fsync: "off" },
    { full_page_writes: "off" },
    { synchronous_commit: "off" },
    expect.arrayContaining(["no"]),
    true,
  ]);
});

test("another process finds what runs, and only while it runs", async () => {
  const dataDir = testFolder();
  expect(await readLocalState(join(dataDir, "missing"))).toBeUndefined();
  const services = await start(dataDir);
  const { databaseUrl, redisUrl, postgres, redis } = services;
  expect(await readLocalState(dataDir)).toEqual({
    supervisorPid: services.pids().supervisor,
    databaseUrl,
    redisUrl,
    postgres,
    redis,
  });
  expect(statSync(join(dataDir, "local.json")).mode & 0o777).toBe(0o600);
  await services.stop();
  expect(await readLocalState(dataDir)).toBeUndefined();
});

test("a second start on the same folder is told who holds it, in seconds", async () => {
  const dataDir = testFolder();
  const first = await startRedis(dataDir);
  onTestFinished(first.stop);
  const askedAtMs = performance.now();
  const second = startRedis(dataDir);
  await expect(second).rejects.toThrow(LocalServicesError);
  await expect(second).rejects.toThrow(`${dataDir} is in use by pid ${first.pids().supervisor}`);
  expect(performance.now() - askedAtMs).toBeLessThan(5_000);
  expect(await redisCommand(first.redisUrl, "PING")).toBe("+PONG");
});

test("a start right after the end of a run waits for it", async () => {
  const dataDir = testFolder();
  const first = await startRedis(dataDir);
  const stopped = first.stop();
  const second = await startRedis(dataDir);
  onTestFinished(second.stop);
  await stopped;
  expect(await redisCommand(second.redisUrl, "PING")).toBe("+PONG");
});

test("of many starts at once, over the lock of a run that was killed, one gets the folder", async () => {
  const dataDir = testFolder();
  writeFileSync(join(dataDir, "lock.7"), "999999999");
  const starts = await Promise.allSettled([1, 2, 3, 4, 5].map(() => startRedis(dataDir)));
  const winners = starts.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []));
  const reasons = starts.flatMap((it) => (it.status === "rejected" ? [it.reason.message] : []));
  for (const { stop } of winners) onTestFinished(stop);
  expect(winners).toHaveLength(1);
  expect(reasons).toEqual(Array(4).fill(expect.stringContaining(`in use by pid ${winners[0]?.pids().supervisor}`)));
});

test("a folder made by another major version of Postgres is refused", async () => {
  const dataDir = testFolder();
  mkdirSync(join(dataDir, "postgres"), { mode: 0o700 });
  writeFileSync(join(dataDir, "postgres", "PG_VERSION"), "13\n");
  writeFileSync(join(dataDir, "local.json"), JSON.stringify({ password: "secret", ports: {} }));
  await expect(start(dataDir)).rejects.toThrow(/was made by PostgreSQL 13 and cannot be opened by \d+/);
  expect(readFileSync(join(dataDir, "postgres", "PG_VERSION"), "utf8")).toBe("13\n");
});

test("a database whose password is lost is not started", async () => {
  const dataDir = testFolder();
  mkdirSync(join(dataDir, "postgres"));
  await expect(start(dataDir)).rejects.toThrow(/local\.json is missing; it held the password/);
});

test("a folder that cannot be made is named", async () => {
  const file = join(testFolder(), "file");
  writeFileSync(file, "");
  await expect(start(join(file, "data"))).rejects.toThrow(/data folder cannot be made: .*file/);
});
