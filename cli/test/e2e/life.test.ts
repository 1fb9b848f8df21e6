import { existsSync } from "node:fs";
import { join } from "node:path";
import { createPool } from "@flashgate/drizzle";
import { afterAll, describe, expect, it } from "vitest";
import { ask, checkout, flashgate, Instance, verdictOf } from "./instance.ts";
import { redisCommand } from "./redis-wire.ts";

const instance = new Instance();
afterAll(() => instance.dispose());

describe("flashgate up", () => {
  it("has this hour's sale open and sells to the first shopper", async () => {
    await instance.up();
    const sale = await ask(`${instance.url}/v1/sales/current`);
    expect(sale.body).toMatchObject({ phase: "open", stock: { total: 10_000, available: 10_000 } });
    expect(sale.body.id).toMatch(/^\d{10}$/);
    const reply = await checkout(instance.url, "current", "ada");
    expect(reply.status).toBe(202);
    expect((await verdictOf(instance.url, reply.body.ticket)).body).toMatchObject({
      status: "confirmed",
      order_id: reply.body.id,
    });
    const list = JSON.parse((await instance.flashgate("sale", "list", "--json")).stdout);
    expect(JSON.stringify(list).match(/"\d{10}"/g)).toHaveLength(3);
    expect(await instance.flashgate("verify", "--sale", "current")).toMatchObject({ code: 0 });
  });

  it("lets its processes change rows and no table", async () => {
    const { url } = (await instance.databases()).postgres;
    const pool = createPool({ url, max: 1, applicationName: "operator", onError: () => undefined });
    const { rows } = await pool.query(
      "SELECT DISTINCT usename AS role FROM pg_stat_activity WHERE application_name ~ '^flashgate-(api|worker|scheduler)'",
    );
    await pool.end();
    expect(rows).toEqual([{ role: "flashgate_process" }]);
  });

  it("lets each process do in Redis what it needs: who admits cannot open, who queues cannot admit", async () => {
    const [clients = ""] = await redisCommand((await instance.databases()).redis.url, "CLIENT", "LIST");
    const users = [...clients.matchAll(/ name=flashgate-(\S+) .* user=(\S+)/g)].map(
      ([, name, user]) => `${name} ${user}`,
    );
    expect([...new Set(users)].sort()).toEqual([
      "api-feed flashgate_gate",
      "api-gate flashgate_gate",
      "consumer flashgate_queue",
      "queue flashgate_queue",
      "scheduler-gate flashgate_opener",
      "scheduler-queue-reader flashgate_queue",
      "worker-gate flashgate_gate",
      "worker-queue-reader flashgate_queue",
    ]);
  });

  it("makes a role for a Postgres of one's own, or says what is missing", async () => {
    const migrate = (password: string) =>
      flashgate(["migrate", "--role", "other_process", "--data", instance.dataDir], {
        DATABASE_ROLE_PASSWORD: password,
      });
    const refused = await migrate("short");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/DATABASE_ROLE_PASSWORD must have at least 16 bytes/);
    const made = await migrate("long enough for a role");
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout).toMatch(/The role other_process may work on it/);
  });

  it("runs once on a folder: the second start says who holds it, and harms nothing", async () => {
    const second = await flashgate(["up", "--port", "0", "--data", instance.dataDir]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(instance.dataDir);
    expect(second.stderr).toContain(String(instance.pid));
    expect((await ask(`${instance.url}/v1/sales/current`)).status).toBe(200);
  });

  it("drains on Ctrl-C, leaves no process behind, and goes on with its numbers intact when started again", async () => {
    const before = await ask(`${instance.url}/v1/sales/current`);
    expect(await instance.interrupt()).toBe(0);
    await instance.gone();
    expect(existsSync(join(instance.dataDir, "up.json"))).toBe(false);
    await instance.up();
    const after = await ask(`${instance.url}/v1/sales/${before.body.id}`);
    expect(after.body.stock).toEqual({ total: 10_000, available: 9_999, held: 0, sold: 1 });
    expect((await checkout(instance.url, before.body.id, "bob")).status).toBe(202);
  });

  it("leaves no process behind after kill -9, and starts again on the same folder", async () => {
    await instance.kill();
    await instance.gone();
    await instance.up();
    expect((await instance.flashgate("verify", "--sale", "all")).code).toBe(0);
  });

  it("starts a process again that dies", async () => {
    for (const service of ["worker", "scheduler", "api"] as const) {
      const pid = instance.pidOf(service);
      process.kill(pid, "SIGKILL");
      await expect.poll(() => instance.pidOf(service), { timeout: 20_000 }).not.toBe(pid);
    }
    await expect.poll(() => instance.state.api_urls.length, { timeout: 20_000 }).toBe(1);
    const reply = await checkout(instance.url, "current", "eve");
    expect((await verdictOf(instance.url, reply.body.ticket)).body.status).toBe("confirmed");
  });

  it("names a port that is taken, and the way out", async () => {
    const port = new URL(instance.url).port;
    const other = new Instance();
    const run = await flashgate(["up", "--port", port, "--data", other.dataDir]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(port);
    expect(run.stderr).toContain("--port");
    await other.dispose();
  });
});
