import { createPool } from "@flashgate/drizzle";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { steadyClock } from "../../src/clock.ts";
import { findAddresses } from "../../src/commands/stores.ts";
import { until } from "../../src/until.ts";
import { childrenOf, resume, suspend } from "./freezer.ts";
import { checkout, flashgate, Instance } from "./instance.ts";
import { endOf, expectSold, insist } from "./patient-client.ts";
import { obliterateQueue, redisCommand } from "./redis-wire.ts";

/** Every process has two database connections, and a gate takes forty holds. */
const FEW = { ROTATION: "off", DATABASE_POOL: "2", PAGE_CONCURRENCY: "2", BACKLOG_MAX: "40" };
const BACKLOG = 40;
/** As long as the workers' longest wait for an answer, so that every bound of theirs is met; the siege has 60 s. */
const POSTGRES_AWAY_MS = 15_000;
const REOPEN_MS_MAX = 5_000;

const instance = new Instance();
beforeAll(() => instance.up(["--api", "2", "--worker", "2", "--scheduler", "2"], FEW), 90_000);
afterAll(() => instance.dispose());

async function newSale(items: number): Promise<string> {
  const words = ["sale", "new", "--json", "--items", String(items), "--data", instance.dataDir];
  const { code, stdout, stderr } = await flashgate(words, FEW);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout).id;
}

const workers = () => instance.state.pids["worker"] ?? [];
const urlAt = (index: number) => instance.state.api_urls[index % 2] ?? "";

/** Tickets of so many shoppers. */
async function reserve(sale: string, shoppers: number): Promise<string[]> {
  const replies = await Promise.all(Array.from({ length: shoppers }, (_, at) => checkout(urlAt(at), sale, `s-${at}`)));
  expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([202]));
  return replies.map((reply) => reply.body.ticket);
}

/** The ticket of somebody who comes back until there is one. */
async function reserveOneMore(sale: string): Promise<string> {
  const json = { items: [{ item_id: "any", quantity: 1 }] };
  const init = { method: "POST", headers: { "x-user-id": "patient" }, json };
  const reply = await insist(instance, `/v1/sales/${sale}/checkouts`, init);
  expect(reply.status).toBe(202);
  return reply.body.ticket;
}

async function expectAllConfirmed(sale: string, tickets: readonly string[]): Promise<void> {
  const ends = await Promise.all(tickets.map((ticket) => endOf(instance, ticket)));
  expect(new Set(ends)).toEqual(new Set(["confirmed"]));
  await expectSold(instance, sale, tickets.length);
}

describe("with two database connections in every process", () => {
  it("a crowd buys exactly what there is", async () => {
    const sale = await newSale(500);
    const run = await instance.flashgate("load", "--sale", sale, "--buyers", "32", "--json");
    expect([run.code, run.stderr]).toEqual([0, ""]);
    await expectSold(instance, sale, 500);
  }, 60_000);
});

describe("while Postgres is away", () => {
  it("shoppers are admitted up to the backlog's bound, nothing expires, and all of it settles after", async () => {
    const sale = await newSale(100);
    const { postgres } = await instance.databases();
    const frozen = [postgres.pid, ...childrenOf(postgres.pid)];
    suspend(frozen);
    const sinceMs = steadyClock.nowMs();
    let tickets: string[] = [];
    try {
      tickets = await reserve(sale, BACKLOG);
      const full = async () => {
        const reply = await checkout(urlAt(0), sale, "one-too-many");
        expect(reply).toMatchObject({ status: 503, body: { code: "backlog_full" } });
        expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
        return steadyClock.nowMs() - sinceMs > POSTGRES_AWAY_MS ? true : null;
      };
      await until(full, { clock: steadyClock, everyMs: 250, timeoutMs: 2 * POSTGRES_AWAY_MS });
    } finally {
      resume(frozen);
    }
    tickets.push(await reserveOneMore(sale));
    await expectAllConfirmed(sale, tickets);
  }, 90_000);
});

/** Postgres ends every connection to the database and refuses new ones while the work is done. */
async function whileRefused(work: () => Promise<void>): Promise<void> {
  const { databaseUrl } = await findAddresses(instance.dataDir);
  const name = new URL(databaseUrl).pathname.slice(1);
  const url = new URL("/template1", databaseUrl).href;
  const pool = createPool({ url, max: 1, applicationName: "operator", onError: () => undefined });
  const allow = (connections: boolean) => pool.query(`ALTER DATABASE "${name}" WITH ALLOW_CONNECTIONS ${connections}`);
  try {
    await allow(false);
    await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
    await work();
  } finally {
    await allow(true);
    await pool.end();
  }
}

it("a page that failed for good leaves its holds, and the sweep sends them again", async () => {
  const sale = await newSale(100);
  const { redis } = await instance.databases();
  const tickets: string[] = [];
  await whileRefused(async () => {
    tickets.push(...(await reserve(sale, 20)));
    const failed = async () =>
      Number((await redisCommand(redis.url, "ZCARD", "{flashgate-settlement}:pages:failed"))[0]);
    await expect.poll(failed, { timeout: 30_000, interval: 100 }).toBeGreaterThan(0);
  });
  await expectAllConfirmed(sale, tickets);
}, 90_000);

describe("when Redis is killed with an intact disk", () => {
  it.each([1, 2])(
    "every hold is kept, and the gate admits again within 5 s of its return (%i)",
    async () => {
      const sale = await newSale(100);
      suspend(workers());
      let tickets: string[] = [];
      try {
        tickets = await reserve(sale, 30);
        const { redis } = await instance.databases();
        process.kill(redis.pid, "SIGKILL");
        await expect.poll(() => redisCommand(redis.url, "PING").catch(String), { interval: 10 }).toEqual(["PONG"]);
        const backMs = steadyClock.nowMs();
        tickets.push(await reserveOneMore(sale));
        expect(steadyClock.nowMs() - backMs).toBeLessThan(REOPEN_MS_MAX);
      } finally {
        resume(workers());
      }
      await expectAllConfirmed(sale, tickets);
    },
    60_000,
  );
});

it("a worker stops within 8 s though Redis does not answer", async () => {
  const { redis } = await instance.databases();
  const [pid = 0] = workers();
  suspend([redis.pid]);
  try {
    process.kill(pid, "SIGTERM");
    await expect.poll(workers, { timeout: 8_000, interval: 50 }).not.toContain(pid);
  } finally {
    resume([redis.pid]);
  }
  await expect.poll(() => instance.state.ops_urls["worker"]?.length, { timeout: 20_000 }).toBe(2);
});

describe("when the queue is obliterated", () => {
  it("every hold that was on its way is settled all the same", async () => {
    const sale = await newSale(100);
    suspend(workers());
    let tickets: string[] = [];
    try {
      tickets = await reserve(sale, 30);
      const { redis } = await instance.databases();
      await expect
        .poll(() => redisCommand(redis.url, "EXISTS", "{flashgate-settlement}:pages:wait"), { timeout: 5_000 })
        .toEqual(["1"]);
      expect(await obliterateQueue(redis.url)).toBeGreaterThan(1);
    } finally {
      resume(workers());
    }
    await expectAllConfirmed(sale, tickets);
  }, 60_000);
});
