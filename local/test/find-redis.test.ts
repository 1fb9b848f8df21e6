import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findRedis } from "../src/find-redis.ts";
import { startLocalServices } from "../src/index.ts";
import { CACHE_DIR } from "../src/run.ts";
import { REDIS_ONLY_ENV } from "./environment.ts";
import { pathWithout, script, testFolder } from "./folder.ts";
import { redisCommand } from "./redis-client.ts";

const SERVERS = ["redis-server", "valkey-server"];
const never = new AbortController().signal;
const find = (env: NodeJS.ProcessEnv) => findRedis(env, CACHE_DIR, never);
const fake = (folder: string, name: string, version: string) =>
  script(folder, name, [`echo "Redis server v=${version} sha=00000000:0 malloc=libc bits=64"`]);

/** Why there may be no private copy: the system is not Debian, or one whose Redis is too old. */
const EXCUSE = existsSync("/etc/debian_version")
  ? /private apt copy \S+ is version [0-6]\.\S+, 7 or newer is needed/
  : /A private copy needs apt-get and dpkg-deb/;

test("where no Redis is installed, Debian's is fetched privately; elsewhere it is said why not", async () => {
  const env = { ...REDIS_ONLY_ENV, REDIS_SERVER: undefined, PATH: pathWithout(testFolder(), SERVERS) };
  const services = await startLocalServices({ dataDir: testFolder(), durable: true, env }).catch((error: Error) => {
    expect(error.message).toMatch(EXCUSE);
  });
  if (!services) return;
  onTestFinished(services.stop);
  expect(services.redis).toMatchObject({ kind: "private", origin: expect.stringMatching(/^private apt copy /) });
  expect(await redisCommand(services.redisUrl, "PING")).toBe("+PONG");
});

test("a Redis on PATH is the one that runs", async () => {
  const folder = testFolder();
  const { file, env: realEnv } = await find(process.env);
  const wrapper = script(folder, "redis-server", [
    `echo "$1" >> '${folder}/ran'`,
    `export LD_LIBRARY_PATH='${realEnv["LD_LIBRARY_PATH"] ?? ""}'`,
    `exec '${file}' "$@"`,
  ]);
  const PATH = [folder, pathWithout(testFolder(), SERVERS)].join(delimiter);
  const dataDir = testFolder();
  const env = { ...REDIS_ONLY_ENV, REDIS_SERVER: undefined, PATH };
  const services = await startLocalServices({ dataDir, durable: true, env });
  onTestFinished(services.stop);
  expect(services.redis).toMatchObject({ kind: "private", origin: wrapper });
  expect(readFileSync(join(folder, "ran"), "utf8")).toContain(join(dataDir, "redis", "redis.conf"));
});

test("Valkey comes before Redis, and an old or broken one is passed over", async () => {
  const [old, broken, good] = [testFolder(), testFolder(), testFolder()];
  fake(old, "valkey-server", "6.2.14");
  script(broken, "valkey-server", ["exit 1"]);
  const valkey = fake(good, "valkey-server", "8.1.1");
  fake(old, "redis-server", "7.4.0");
  const found = await find({ PATH: [old, broken, good].join(delimiter) });
  expect(found).toMatchObject({ file: valkey, version: "8.1.1", origin: valkey });
});

test("a Redis older than 7 is refused, with that reason and what to install", async () => {
  const folder = testFolder();
  const old = fake(folder, "redis-server", "6.2.14");
  const search = find({ PATH: folder });
  await expect(search).rejects.toThrow(`${old} is version 6.2.14, 7 or newer is needed`);
  await expect(search).rejects.toThrow("brew install valkey");
  await expect(search).rejects.toThrow("sudo apt-get install redis-server");
});

test("REDIS_SERVER is used before PATH, and not passed over when it is unfit", async () => {
  const [chosen, path] = [testFolder(), testFolder()];
  fake(path, "redis-server", "7.4.0");
  const good = fake(chosen, "my-redis", "7.2.0");
  expect(await find({ PATH: path, REDIS_SERVER: good })).toMatchObject({ file: good, version: "7.2.0" });
  const missing = join(chosen, "missing");
  await expect(find({ PATH: path, REDIS_SERVER: missing })).rejects.toThrow(`REDIS_SERVER ${missing} does not run`);
});
