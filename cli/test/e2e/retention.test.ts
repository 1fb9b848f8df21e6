import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPool } from "@flashgate/drizzle";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, checkout, Instance, verdictOf } from "./instance.ts";
import { auditAtRest } from "./patient-client.ts";
import { redisCommand } from "./redis-wire.ts";
import { Traps } from "./traps.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/flashgate.js", import.meta.url));
const TABLES = ["checkouts", "checkout_lines", "checkout_attempts", "buyers", "items"];

const instance = new Instance();
const traps = new Traps(join(instance.dataDir, "traps"));
let pool: ReturnType<typeof createPool>;
beforeAll(async () => {
  await instance.up([], { ROTATION: "off" });
  const { url } = (await instance.databases()).postgres;
  pool = createPool({ url, max: 1, applicationName: "operator", onError: () => undefined });
}, 90_000);
afterAll(async () => {
  await pool?.end();
  await instance.dispose();
});

/** A sale that somebody bought in, as it is once it is sealed. */
async function sealedSale(user: string) {
  const id = await instance.newSale("--items", "5", "--seconds", "5", "--settle-seconds", "0");
  const { body } = await checkout(instance.url, id, user);
  expect((await verdictOf(instance.url, body.ticket)).body.status).toBe("confirmed");
  const state = async () => (await pool.query("SELECT state FROM flashgate.sales WHERE id = $1", [id])).rows[0]?.state;
  await expect.poll(state, { timeout: 20_000 }).toBe("closed");
  return { id, ticket: body.ticket as string };
}

/** A further scheduler of this deployment, which keeps sales for a day. */
async function startScheduler() {
  const { redis, postgres } = await instance.databases();
  const env = { ...process.env, ...traps.env, DATABASE_URL: postgres.url, REDIS_URL: redis.url };
  const child = spawn(process.execPath, [PROGRAM, "scheduler"], {
    env: { ...env, ROTATION: "off", RETENTION_DAYS: "1", LOG_LEVEL: "warn" },
    stdio: "ignore",
  });
  return { child, end: new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal))) };
}

async function rowsOf(sale: string): Promise<Record<string, number>> {
  const counts = TABLES.map(async (table) => {
    const { rows } = await pool.query(`SELECT count(*)::int AS n FROM flashgate.${table} WHERE sale_id = $1`, [sale]);
    return [table, rows[0].n] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

const ordersOf = async (user: string) =>
  (await ask(`${instance.url}/v1/orders`, { headers: { "x-user-id": user } })).body.data as { sale_id: string }[];

it("a sale past its retention goes as a whole, however often the scheduler dies over it, and no other does", async () => {
  const [old, young] = [await sealedSale("shopper"), await sealedSale("shopper")];
  await pool.query("UPDATE flashgate.sales SET closed_at = closed_at - interval '25 hours' WHERE id = $1", [old.id]);

  traps.set("retain.begun");
  expect(await (await startScheduler()).end).toBe("SIGKILL");
  // All of its rows are there, and nobody finds it: half a sale is no violation, nor an order with half of its lines.
  expect(await rowsOf(old.id)).toMatchObject({ checkouts: 1, checkout_lines: 1, checkout_attempts: 1, items: 5 });
  expect((await ordersOf("shopper")).map(({ sale_id }) => sale_id)).toEqual([young.id, old.id]);
  expect((await ask(`${instance.url}/v1/tickets/${young.ticket}`)).body.status).toBe("confirmed");
  await expect
    .poll(async () => (await ask(`${instance.url}/v1/sales/${old.id}`)).status, { timeout: 10_000 })
    .toBe(404);
  const verified = await instance.flashgate("verify", "--sale", old.id);
  expect(verified.stdout + verified.stderr).toContain(old.id);
  expect(verified.code).not.toBe(0);
  expect((await instance.flashgate("verify", "--sale", young.id)).code).toBe(0);

  traps.set("retain.removed");
  expect(await (await startScheduler()).end).toBe("SIGKILL");
  expect(await ordersOf("shopper")).toEqual([expect.objectContaining({ sale_id: young.id })]);

  const { child, end } = await startScheduler();
  const left = async () => Object.values(await rowsOf(old.id)).reduce((sum, rows) => sum + rows, 0);
  await expect.poll(left, { timeout: 20_000 }).toBe(0);
  child.kill("SIGTERM");
  await end;
  // What its gate left in Redis ages out.
  const { redis } = await instance.databases();
  for (const key of await redisCommand(redis.url, "KEYS", `flashgate:{${old.id}}*`)) {
    expect(Number(await redisCommand(redis.url, "TTL", key)), key).toBeGreaterThan(0);
  }
  expect(await auditAtRest(instance, young.id)).toMatchObject({ violations: [], confirmedUnits: 1 });
  expect((await ordersOf("shopper")).map(({ sale_id }) => sale_id)).toEqual([young.id]);
}, 120_000);
