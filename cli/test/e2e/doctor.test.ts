import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPool, grantProcessRole, migrate } from "@flashgate/drizzle";
import { freePort, launchServer, postgresRecipe } from "@flashgate/local";
import { createTestDatabase, startTestServices, type TestDatabase, type TestRedis } from "@flashgate/local/testing";
import { type RedisUser, redisUsers, urlFor } from "@flashgate/redis";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import type { Examined } from "../../src/doctor/checkup.ts";
import { newSecret } from "../../src/ids.ts";
import { flashgate, Instance } from "./instance.ts";
import { redisCommand } from "./redis-wire.ts";

/** Each look is a process of its own, which a busy machine starts slowly. */
vi.setConfig({ testTimeout: 90_000 });

const PROGRAM = fileURLToPath(new URL("../../bin/flashgate.js", import.meta.url));
const SOURCE = fileURLToPath(new URL("../../../core/src/index.ts", import.meta.url));
const PASSWORDS = { gate: newSecret(), opener: newSecret(), queue: newSecret() };
const ROLE = `doctor_${newSecret().replaceAll(/\W/g, "").toLowerCase().slice(0, 12)}`;
const TICKET_SECRET = newSecret();
const OPS_TOKEN = newSecret();

interface Diagnosis {
  readonly code: number | null;
  /** Each as `check: what → fix`. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

function diagnosisOf({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): Diagnosis {
  expect(stderr).toBe("");
  const { checks } = JSON.parse(stdout) as { checks: Examined[] };
  const told = (level: string) =>
    checks.flatMap(({ name, findings }) =>
      findings.filter((finding) => finding.level === level).map(({ what, fix }) => `${name}: ${what} → ${fix}`),
    );
  return { code, faults: told("fault"), warnings: told("warning") };
}

describe("an instance of one's own", () => {
  const instance = new Instance();
  beforeAll(() => instance.up([], { ROTATION: "off" }), 90_000);
  afterAll(() => instance.dispose());

  const examine = async (...args: string[]) => diagnosisOf(await instance.flashgate("doctor", "--json", ...args));
  const redis = async (...words: string[]) => redisCommand((await instance.databases()).redis.url, ...words);

  it("has no fault as up makes it, with the users, roles and secrets of its processes", async () => {
    expect(await examine()).toMatchObject({ code: 0, faults: [] });
    const { code, stdout } = await instance.flashgate("doctor");
    expect(code).toBe(0);
    expect(stdout).toMatch(/✓ redis users\n✓ redis queue\n\nNo fault/);
    expect(stdout).not.toContain("\x1b");
    expect(stdout).not.toContain("not looked at");
  });

  it("whose Redis may drop holds, has little memory left and loses what it acknowledged", async () => {
    await redis("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    await redis("CONFIG", "SET", "appendfsync", "everysec");
    await redis("CONFIG", "SET", "maxmemory", "1");
    try {
      expect((await examine()).faults).toEqual([
        expect.stringMatching(/^redis memory: maxmemory-policy is allkeys-lru.* → set maxmemory-policy noeviction/),
        expect.stringMatching(/^redis memory: Redis uses \d+ % of its maxmemory.* → raise maxmemory/),
        expect.stringMatching(/^redis disk: appendfsync is everysec.* → set appendfsync always/),
      ]);
      await redis("CONFIG", "SET", "appendonly", "no");
      expect((await examine()).faults[2]).toMatch(/^redis disk: appendonly is off.* → set appendonly yes/);
    } finally {
      await redis("CONFIG", "SET", "maxmemory", "0");
      await redis("CONFIG", "SET", "maxmemory-policy", "noeviction");
      await redis("CONFIG", "SET", "appendonly", "yes");
      await redis("CONFIG", "SET", "appendfsync", "always");
    }
  });

  it("with more processes than its Postgres has connections for", async () => {
    const { code, faults } = await examine("--api", "10", "--worker", "10");
    expect(code).toBe(1);
    expect(faults).toEqual([
      expect.stringMatching(
        /^postgres pools: .* 118 connections \(10 api × 5, 10 worker × 6, 1 scheduler × 5.* → raise/,
      ),
    ]);
  });

  it("where few files may be open", async () => {
    const command = `ulimit -n 512; exec "$@"`;
    const words = [process.execPath, PROGRAM, "doctor", "--json", "--data", instance.dataDir];
    const run = spawnSync("sh", ["-c", command, "sh", ...words], { encoding: "utf8" });
    expect(diagnosisOf({ ...run, code: run.status }).faults).toEqual([
      expect.stringMatching(/^open files: a process may have only 512 files open → .*ulimit -n 11000/),
    ]);
  });

  it("whose build is older than its sources", async () => {
    const { atime, mtime } = statSync(SOURCE);
    utimesSync(SOURCE, atime, new Date(Date.now() + 3_600_000));
    try {
      expect((await examine()).faults).toEqual([
        "build: what runs is older than the sources of core → run: npm run build",
      ]);
    } finally {
      utimesSync(SOURCE, atime, mtime);
    }
  });

  // No test may set the clock of its machine: the doctor's own is put wrong, which is all that it can tell either way.
  it("whose clock is not that of its databases", async () => {
    const module = "const now = Date.now; Date.now = () => now() - 600_000;";
    const words = [`--import=data:text/javascript,${encodeURIComponent(module)}`, PROGRAM, "doctor", "--json"];
    const run = spawnSync(process.execPath, [...words, "--data", instance.dataDir], { encoding: "utf8" });
    expect(diagnosisOf({ ...run, code: run.status }).faults).toEqual([
      expect.stringMatching(
        /^postgres clock: the clock of Postgres is (600|599)\.\d s ahead of this machine's → let both/,
      ),
      expect.stringMatching(/^redis clock: the clock of Redis is (600|599)\.\d s ahead of this machine's → let both/),
    ]);
  });
});

describe("databases of one's own", () => {
  let database: TestDatabase;
  let server: TestRedis;
  let healthy: NodeJS.ProcessEnv;
  const dataDir = mkdtempSync(join(tmpdir(), "flashgate-doctor-"));
  const as = (user: RedisUser) => urlFor(server.redisUrl, user, PASSWORDS[user]);

  beforeAll(async () => {
    database = await createTestDatabase(inject("databaseUrl"));
    await migrate(database.databaseUrl);
    server = await startTestServices({ redisOnly: true, redisDurable: true, redisUsers: redisUsers(PASSWORDS) });
    healthy = {
      DATABASE_URL: await grantProcessRole(database.databaseUrl, ROLE, newSecret()),
      REDIS_URL: as("gate"),
      REDIS_QUEUE_URL: as("queue"),
      REDIS_ADMIN_URL: server.redisUrl,
      TICKET_SECRET,
      OPS_TOKEN,
      PORT: "0",
    };
  }, 90_000);
  afterAll(async () => {
    await server?.stop();
    const pool = createPool({ url: database.databaseUrl, max: 1, applicationName: "test", onError: () => undefined });
    await pool.query(`DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
    await pool.end();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const FRONT = ["--process", "api", "worker"];
  const examine = async (env: NodeJS.ProcessEnv, args = FRONT, data = dataDir) =>
    diagnosisOf(await flashgate(["doctor", "--json", "--data", data, ...args], { ...healthy, ...env }));

  it("have no fault when each process has its user, role and secrets", async () => {
    expect(await examine({})).toMatchObject({ code: 0, faults: [] });
    const opener = await examine({ REDIS_URL: as("opener") }, ["--process", "scheduler"]);
    expect(opener).toMatchObject({ code: 0, faults: [] });
    const blind = await examine({ REDIS_ADMIN_URL: "" });
    expect(blind).toMatchObject({ code: 0, faults: [] });
    expect(blind.warnings).toContainEqual(expect.stringMatching(/^redis disk: .*may not see.* → set REDIS_ADMIN_URL/));
  });

  it("that are not there", async () => {
    const nowhere = { DATABASE_URL: "postgres://x:y@127.0.0.1:1/x", REDIS_URL: "redis://127.0.0.1:1" };
    const { code, faults } = await examine({ ...nowhere, REDIS_QUEUE_URL: "", REDIS_ADMIN_URL: "" });
    expect(code).toBe(1);
    expect(faults).toEqual([
      expect.stringMatching(/^settings of api: REDIS_QUEUE_URL of the api/),
      expect.stringMatching(/^settings of worker: REDIS_QUEUE_URL of the worker/),
      "postgres: 127.0.0.1:1 cannot be asked: connect ECONNREFUSED 127.0.0.1:1 → start it, or mend DATABASE_URL",
      "redis: 127.0.0.1:1 cannot be asked: connect ECONNREFUSED 127.0.0.1:1 → start it, or mend REDIS_URL",
      expect.stringMatching(/^redis users: .*ECONNREFUSED.* → start it, or mend REDIS_URL/),
      expect.stringMatching(/^redis queue: .*ECONNREFUSED.* → start it, or mend REDIS_QUEUE_URL/),
    ]);
    expect(JSON.stringify(faults)).not.toContain("x:y");
  });

  it("without tables, as a role that may make and drop them", async () => {
    const empty = await createTestDatabase(inject("databaseUrl"));
    const { faults } = await examine({ DATABASE_URL: empty.databaseUrl });
    expect(faults).toEqual([
      expect.stringMatching(/^postgres schema: the ledger lacks buyers, .* → run "flashgate migrate" as the owner/),
      expect.stringMatching(/^postgres role: the role postgres is a superuser.* → run "flashgate migrate --role"/),
    ]);
    await empty.drop();
  });

  it("whose Postgres has too few connections", async () => {
    const settings = { dataDir, password: "few", durable: false, env: process.env };
    const recipe = await postgresRecipe(settings, new AbortController().signal);
    const port = await freePort(undefined);
    const plan = recipe.plan(port);
    const command = [...plan.command, "-c", "max_connections=12"] as unknown as typeof plan.command;
    const life = await launchServer({ ...plan, command }, new AbortController().signal);
    try {
      const { faults } = await examine({ DATABASE_URL: recipe.url(port) });
      expect(faults).toContainEqual(
        expect.stringMatching(/^postgres pools: .* 14 connections .*gives ordinary roles 9 → raise max_connections/),
      );
    } finally {
      await life.end();
    }
  });

  it("that know every process as the same user, or as the wrong one", async () => {
    const anybody = await examine({ REDIS_URL: server.redisUrl, REDIS_QUEUE_URL: server.redisUrl });
    expect(anybody.faults).toEqual([
      expect.stringMatching(/^redis users: .*of api, worker .*may do anything to Redis → .*flashgate redis-users/),
      expect.stringMatching(/^redis queue: .*may do anything to Redis → .*flashgate_queue/),
    ]);
    const swapped = await examine({ REDIS_URL: as("opener"), REDIS_QUEUE_URL: as("gate") });
    expect(swapped.faults).toEqual([
      expect.stringMatching(/^redis users: .*may load scripts, and so open gates → .*flashgate_gate/),
      expect.stringMatching(/^redis queue: .*may not use the queue → .*flashgate_queue/),
    ]);
    const shut = await examine({}, ["--process", "scheduler"]);
    expect(shut.faults).toEqual([expect.stringMatching(/^redis users: .*no gate opens → .*flashgate_opener/)]);
  });

  it("whose Redis is a replica, or could not rewrite its file", async () => {
    const broken = await startTestServices({ redisOnly: true, redisDurable: true, redisUsers: redisUsers(PASSWORDS) });
    try {
      const of = (user: RedisUser) => urlFor(broken.redisUrl, user, PASSWORDS[user]);
      const [, folder = ""] = await redisCommand(broken.redisUrl, "CONFIG", "GET", "dir");
      rmSync(join(folder, "appendonlydir"), { recursive: true });
      writeFileSync(join(folder, "appendonlydir"), "in the way");
      await expect(redisCommand(broken.redisUrl, "BGREWRITEAOF")).rejects.toThrow("background rewriting");
      await redisCommand(broken.redisUrl, "REPLICAOF", "127.0.0.1", "1");
      const env = { REDIS_URL: of("gate"), REDIS_QUEUE_URL: of("queue"), REDIS_ADMIN_URL: broken.redisUrl };
      expect((await examine(env)).faults).toEqual([
        "redis primary: REDIS_URL is a replica, which takes no writes → name the primary in REDIS_URL",
        expect.stringMatching(/^redis disk: .*aof_last_bgrewrite_status:err.* → look at Redis's log/),
      ]);
    } finally {
      await broken.stop();
    }
  });

  it("with settings and secrets with which no process should start", async () => {
    const env = { TICKET_SECRET: "short", PAGE_CONCURRENCY: "64", AUTH: "jwt", OPS_TOKEN: "s".repeat(40) };
    const { faults } = await examine({ ...env, JWT_ISSUER: "shop" });
    expect(faults).toContainEqual(
      expect.stringMatching(/^settings of api: TICKET_SECRET of the api is not usable → .*openssl rand -hex 32/),
    );
    expect(faults).toContainEqual(
      expect.stringMatching(/^settings of api: AUTH of the api is not usable → .*JWT_SECRET or JWT_JWKS_URL/),
    );
    expect(faults).toContainEqual(
      expect.stringMatching(/^settings of worker: PAGE_CONCURRENCY .* → .*must not exceed DATABASE_POOL/),
    );
    expect(faults).toContainEqual(expect.stringMatching(/^secrets: OPS_TOKEN can be guessed → make one/));
    const production = await examine({ NODE_ENV: "production", OPS_TOKEN: "" });
    expect(production.faults).toContainEqual(
      expect.stringMatching(/^settings of worker: .*OPS_TOKEN is required in production → make one/),
    );
    const twins = await examine({ OPS_TOKEN: TICKET_SECRET });
    expect(twins.faults).toEqual([expect.stringMatching(/^secrets: OPS_TOKEN is the same as TICKET_SECRET/)]);
  });

  it("beside a port that somebody else has", async () => {
    const other = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const { faults } = await examine({ PORT: String(port) });
    expect(faults).toEqual([expect.stringMatching(new RegExp(`^ports: Port ${port} is taken → stop what listens`))]);
    other.close();
  });

  it("on a disk without room", async () => {
    // A file system that has none, ever; only what is kept in the data folder needs some.
    const { faults } = await examine({ DATABASE_URL: "" }, FRONT, "/proc/none");
    expect(faults[0]).toMatch(/^disk: only 0.0 GB are free where \/proc\/none is: .* → free 5 GB there/);
  });

  it("says what is wrong with its own options", async () => {
    const run = await flashgate(["doctor", "--process", "shop"], healthy);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("Allowed choices are api, worker, scheduler");
    const help = await flashgate(["doctor", "--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("flashgate doctor --process worker --json");
  });
});
