import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findAddresses, withStores } from "../../src/commands/stores.ts";
import { resume } from "./freezer.ts";
import { ask, checkout, Instance, verdictOf } from "./instance.ts";
import { endOf, expectSold, insist } from "./patient-client.ts";
import { redisCommand } from "./redis-wire.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/flashgate.js", import.meta.url));
const MINUTE_MS = 60_000;

const dataDir = mkdtempSync(join(tmpdir(), "flashgate-time-"));
const instance = new Instance(dataDir);
const marker = join(dataDir, "frozen");
const skewed: ChildProcess[] = [];

beforeAll(async () => {
  const env = { FLASHGATE_FAILPOINTS: `settle.uncommitted=stop@${marker}` };
  await instance.up(["--api", "1", "--worker", "2", "--scheduler", "3"], env);
}, 90_000);
afterAll(async () => {
  for (const child of skewed) child.kill("SIGTERM");
  await instance.dispose();
});

const ledger = async <Value>(read: Parameters<typeof withStores<Value>>[1]) =>
  withStores(await findAddresses(dataDir), read);

it("three schedulers prepare one sale an hour and open each once", async () => {
  const sales = await ledger((stores) => stores.ledger.list({ limit: 10 }));
  const hours = sales.map(({ opensAtMs }) => opensAtMs / (60 * MINUTE_MS)).sort();
  expect(hours.length).toBeGreaterThanOrEqual(3);
  expect(hours).toEqual(hours.map((_, ahead) => (hours[0] ?? 0) + ahead));
  const opened = sales.filter(({ state }) => state === "open");
  expect(opened.length).toBeGreaterThan(0);
  expect(opened.map(({ epoch, openEpoch }) => [epoch, openEpoch])).toEqual(opened.map(() => [1, 1]));
});

it("a worker frozen past its lock: its page is delivered again and settled once, and it does no harm when it wakes", async () => {
  const sale = await instance.newSale("--items", "10");
  const { body } = await checkout(instance.url, sale, "ada");
  await expect.poll(() => existsSync(`${marker}.1`), { timeout: 10_000 }).toBe(true);
  const frozen = Number(readFileSync(`${marker}.1`, "utf8"));
  const { redis } = await instance.databases();
  try {
    // The ledger breaks off the frozen transaction; after that anybody can settle the page.
    await expect.poll(() => endOf(instance, body.ticket), { timeout: 40_000 }).toBe("confirmed");
    const active = () => redisCommand(redis.url, "LLEN", "{flashgate-settlement}:pages:active");
    await expect.poll(active, { timeout: 40_000 }).toEqual(["0"]);
  } finally {
    resume([frozen]);
  }
  const later = await checkout(instance.url, sale, "bob");
  expect(await endOf(instance, later.body.ticket)).toBe("confirmed");
  await expectSold(instance, sale, 2);
  expect(instance.state.pids["worker"]).toContain(frozen);
}, 90_000);

/** Starts a process that reads the time of day wrong; resolves to its url once it is ready. */
async function startSkewed(service: "api" | "scheduler", skewMs: number): Promise<string> {
  const { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL } = await findAddresses(dataDir);
  const TICKET_SECRET = readFileSync(join(dataDir, "ticket-secret"), "utf8").trim();
  const child = spawn(process.execPath, [`--import=${skewedClock(skewMs)}`, PROGRAM, service], {
    env: { ...process.env, DATABASE_URL, REDIS_URL, TICKET_SECRET, PORT: "0", ROTATION: "off", LOG_LEVEL: "warn" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  skewed.push(child);
  const [ready] = (await once(child, "message")) as [{ url?: string }];
  return ready.url ?? "";
}

/** A module under which a process is some milliseconds ahead, or behind: as libfaketime has it, but for Node alone. */
function skewedClock(skewMs: number): string {
  const module = `
    const now = Date.now;
    Date.now = () => now() + ${skewMs};
    globalThis.Date = new Proxy(Date, {
      construct: (date, args, self) => Reflect.construct(date, args.length > 0 ? args : [date.now()], self),
    });`;
  return `data:text/javascript,${encodeURIComponent(module)}`;
}

it("a sale opens, closes and expires by the clocks of Redis and Postgres, whatever the processes believe", async () => {
  const [early = "", late = ""] = await Promise.all([
    startSkewed("api", -10 * MINUTE_MS),
    startSkewed("api", 10 * MINUTE_MS),
    startSkewed("scheduler", -10 * MINUTE_MS),
    startSkewed("scheduler", 10 * MINUTE_MS),
  ]);
  const sale = await instance.newSale("--items", "20", "--seconds", "8", "--settle-seconds", "3");
  const skewMs = async (url: string) =>
    new Date((await ask(`${url}/v1/sales/current`)).body.server_time).getTime() - Date.now();
  expect(await skewMs(early)).toBeLessThan(-9 * MINUTE_MS);
  expect(await skewMs(late)).toBeGreaterThan(9 * MINUTE_MS);
  const known = async (url: string) => (await checkout(url, sale, "first")).status;
  for (const url of [early, late]) await expect.poll(() => known(url), { timeout: 5_000 }).toBe(202);
  const tickets: string[] = [];
  for (const url of [early, late, early, late]) {
    const reply = await checkout(url, sale, "second");
    expect(reply.status).toBe(202);
    tickets.push(reply.body.ticket);
  }
  for (const ticket of tickets) expect((await verdictOf(instance.url, ticket)).body.status).toBe("confirmed");
  const { closesAtMs, settleUntilMs } = (await ledger((stores) => stores.ledger.find(sale))) ?? { closesAtMs: 0 };
  const closed = async (url: string) => (await checkout(url, sale, "third")).body.code;
  for (const url of [early, late]) await expect.poll(() => closed(url), { timeout: 15_000 }).toBe("sale_closed");
  expect(Date.now()).toBeGreaterThanOrEqual(closesAtMs);
  const state = async () => (await ledger((stores) => stores.ledger.find(sale)))?.state;
  await expect.poll(state, { timeout: 15_000 }).toBe("closed");
  expect(Date.now()).toBeGreaterThanOrEqual(settleUntilMs ?? 0);
  expect(await insist(instance, `/v1/tickets/${tickets[0]}`)).toMatchObject({ body: { status: "confirmed" } });
}, 60_000);
