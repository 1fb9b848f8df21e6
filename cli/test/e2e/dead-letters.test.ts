import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createPool } from "@flashgate/drizzle";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resume, suspend } from "./freezer.ts";
import { ask, checkout, Instance, verdictOf } from "./instance.ts";
import { endOf, expectSold, insist } from "./patient-client.ts";
import { obliterateQueue, redisCommand } from "./redis-wire.ts";

/** The sweep's last try comes about 16 s after the hold. */
const DEAD_MS_MAX = 90_000;
const GAUGE_MS_MAX = 15_000;

const instance = new Instance();
let postgres: Pool;
beforeAll(async () => {
  await instance.up([], { ROTATION: "off" });
  const { url } = (await instance.databases()).postgres;
  postgres = createPool({ url, max: 1, applicationName: "operator", onError: () => undefined });
}, 90_000);
afterAll(async () => {
  await postgres?.end();
  await instance.dispose();
});

/** From now on no checkout of these users can be confirmed. */
async function plant(...users: string[]): Promise<void> {
  await postgres.query(`
    CREATE OR REPLACE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'the planted fault of %', NEW.user_id; END $$;
    CREATE OR REPLACE TRIGGER planted BEFORE INSERT OR UPDATE ON flashgate.checkouts FOR EACH ROW
      WHEN (NEW.state = 'confirmed' AND NEW.user_id IN (${users.map((user) => `'${user}'`).join(", ")}))
      EXECUTE FUNCTION public.refuse()`);
}

interface Reserved {
  readonly id: string;
  readonly ticket: string;
}

/** Checkouts of these users: their own pages are lost, so that the sweep sends them to the judge together. */
async function reserveTogether(sale: string, users: readonly string[]): Promise<Map<string, Reserved>> {
  const workers = instance.state.pids["worker"] ?? [];
  suspend(workers);
  try {
    const replies = await Promise.all(users.map((user) => checkout(instance.url, sale, user)));
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([202]));
    const { redis } = await instance.databases();
    const queued = () => redisCommand(redis.url, "EXISTS", "{flashgate-settlement}:pages:wait");
    await expect.poll(queued, { timeout: 5_000 }).toEqual(["1"]);
    await obliterateQueue(redis.url);
    return new Map(replies.map(({ body }, index) => [users[index] ?? "", body]));
  } finally {
    resume(workers);
  }
}

async function dlq(...words: string[]) {
  const { code, stdout, stderr } = await instance.flashgate("dlq", ...words, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

const opsUrl = (service: string) => instance.state.ops_urls[service]?.[0] ?? "";
const bearer = () => ({ authorization: `Bearer ${readFileSync(join(instance.dataDir, "ops-token"), "utf8").trim()}` });

/** What the scheduler tells who scrapes it. */
async function gauge(): Promise<number> {
  const text = await (await fetch(`${opsUrl("scheduler")}/metrics`, { headers: bearer() })).text();
  return Number(/^flashgate_dead_letters\{.*\} (\d+)$/m.exec(text)?.[1]);
}

const workerLog = () => readFileSync(join(instance.dataDir, "logs", "worker-1.log"), "utf8");
const unitsOf = async (sale: string) => (await insist(instance, `/v1/sales/${sale}`)).body.stock;

it("a checkout that cannot be judged fails alone, is listed with its cause, and is retried or given up", async () => {
  const sale = await instance.newSale("--items", "10");
  await plant("mended", "hopeless");
  const reserved = await reserveTogether(sale, ["ada", "mended", "bob", "hopeless", "eve"]);
  const of = (user: string) => reserved.get(user) ?? { id: "", ticket: "" };
  for (const user of ["ada", "bob", "eve"]) expect(await endOf(instance, of(user).ticket)).toBe("confirmed");

  await expect.poll(() => dlq("ls", "--sale", sale), { timeout: DEAD_MS_MAX, interval: 500 }).toHaveLength(2);
  const letters: { checkout_id: string }[] = await dlq("ls", "--sale", sale);
  for (const user of ["mended", "hopeless"]) {
    expect(letters.find((letter) => letter.checkout_id === of(user).id)).toMatchObject({
      sale_id: sale,
      user_id: user,
      cause: `P0001: the planted fault of ${user}`,
      tries: 5,
    });
    expect((await insist(instance, `/v1/tickets/${of(user).ticket}`)).body.status).toBe("queued");
  }
  await expect.poll(() => unitsOf(sale)).toMatchObject({ total: 10, available: 5, held: 2, sold: 3 });
  await expect.poll(gauge, { timeout: GAUGE_MS_MAX, interval: 250 }).toBe(2);
  expect(workerLog().match(/"msg":"dead letter/g)).toHaveLength(2);

  // They live on through a recovery.
  process.kill((await instance.databases()).redis.pid, "SIGKILL");
  const row = () => ask(`${opsUrl("api")}/v1/admin/sales/${sale}`, { headers: bearer() });
  await expect.poll(async () => (await row()).body.open_epoch, { timeout: 20_000 }).toBe(2);
  const json = { items: [{ item_id: "any", quantity: 1 }] };
  const headers = { "x-user-id": "later", "idempotency-key": "once" };
  const later = await insist(instance, `/v1/sales/${sale}/checkouts`, { method: "POST", headers, json });
  expect(await endOf(instance, later.body.ticket)).toBe("confirmed");
  expect(await dlq("ls", "--sale", sale)).toHaveLength(2);

  await plant("hopeless");
  expect(await dlq("retry", of("mended").id)).toMatchObject([{ outcome: "sent", sale_id: sale }]);
  expect((await verdictOf(instance.url, of("mended").ticket)).body.status).toBe("confirmed");
  const url = `${opsUrl("api")}/v1/admin/dead-letters`;
  const listed = await ask(`${url}?sale=${sale}`, { headers: bearer() });
  expect(listed.body).toMatchObject({ data: [{ checkout_id: of("hopeless").id, user_id: "hopeless" }] });
  const given = await ask(`${url}/${of("hopeless").id}/give-up`, { method: "POST", headers: bearer() });
  expect(given.body).toMatchObject({ outcome: "decided", verdict: { state: "cancelled" } });
  expect(await endOf(instance, of("hopeless").ticket)).toBe("cancelled");

  expect(await dlq("ls")).toEqual([]);
  await expectSold(instance, sale, 5);
  await expect.poll(() => unitsOf(sale)).toMatchObject({ total: 10, available: 5, held: 0, sold: 5 });
  await expect.poll(gauge, { timeout: GAUGE_MS_MAX, interval: 250 }).toBe(0);
}, 240_000);

it("what no operator tended to gives its units back once its sale's time to settle is over", async () => {
  await plant("forgotten");
  const sale = await instance.newSale("--items", "3", "--seconds", "24", "--settle-seconds", "4");
  const { body } = await checkout(instance.url, sale, "forgotten");
  await expect.poll(() => dlq("ls", "--sale", sale), { timeout: DEAD_MS_MAX, interval: 500 }).toHaveLength(1);
  expect(await endOf(instance, body.ticket)).toBe("expired");
  expect(await dlq("ls")).toEqual([]);
  await expectSold(instance, sale, 0);
}, 240_000);

it("the command line names what is wrong and what to do", async () => {
  const run = (...words: string[]) => instance.flashgate("dlq", ...words);
  const unknown = await run("retry", "nobody");
  expect([unknown.code, unknown.stdout]).toEqual([1, expect.stringContaining("flashgate dlq ls")]);
  for (const words of [["retry"], ["retry", "x", "--all"], ["retry", "x", "--sale", "x"], ["give-up"]]) {
    expect((await run(...words)).code).toBe(2);
  }
  const noSale = await run("ls", "--sale", "x-none");
  expect([noSale.code, noSale.stderr]).toEqual([1, expect.stringContaining("flashgate sale list")]);
  expect((await run("retry", "--all")).stdout).toMatch(/^0 sent/);
  expect((await run("ls")).stdout).toMatch(/^No dead letter/);
}, 60_000);
