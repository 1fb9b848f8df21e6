import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, checkout, Instance, type Run } from "./instance.ts";

const instance = new Instance();
beforeAll(() => instance.up(["--api", "2", "--worker", "3", "--scheduler", "2"], { ROTATION: "off" }), 90_000);
afterAll(() => instance.dispose());

const soldIn = async (sale: string) => (await ask(`${instance.url}/v1/sales/${sale}`)).body.stock.sold as number;

/** Waits until a sale has sold some of its units: the middle of a run. */
async function midway(sale: string, units: number): Promise<void> {
  await expect.poll(() => soldIn(sale), { timeout: 60_000, interval: 20 }).toBeGreaterThan(units);
}

async function expectSoldOut(sale: string, run: Run, units: number): Promise<void> {
  expect(run.stderr).toBe("");
  expect(run.code).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ sale_id: sale });
  const { code, stdout } = await instance.flashgate("verify", "--sale", sale);
  const all = units.toLocaleString("en-US");
  expect(stdout).toContain(`${all} of ${all} units sold, at rest`);
  expect(code).toBe(0);
  // What an api shows is as young as its last event or look: one that has just started again may have missed an event.
  await expect.poll(() => soldIn(sale), { timeout: 10_000 }).toBe(units);
}

describe("a crowd against two apis, three workers and two schedulers", () => {
  it("buys exactly the 10,000 units there are", async () => {
    const sale = await instance.newSale("--items", "10000");
    const run = await instance.flashgate("load", "--sale", sale, "--buyers", "256", "--json");
    await expectSoldOut(sale, run, 10_000);
  }, 120_000);

  it("buys exactly what there is while workers and apis are killed -9 under it", async () => {
    const sale = await instance.newSale("--items", "6000");
    const load = instance.flashgate("load", "--sale", sale, "--buyers", "128", "--json");
    await midway(sale, 500);
    for (const pid of [...(instance.state.pids["worker"] ?? []), instance.pidOf("api")]) process.kill(pid, "SIGKILL");
    await expectSoldOut(sale, await load, 6_000);
  }, 120_000);

  it("is told to come back while Redis is down, and buys exactly what there is after", async () => {
    const sale = await instance.newSale("--items", "6000");
    const load = instance.flashgate("load", "--sale", sale, "--buyers", "128", "--json");
    await midway(sale, 500);
    process.kill((await instance.databases()).redis.pid, "SIGKILL");
    const shut = await checkout(instance.url, sale, "early-bird");
    expect(shut.status).toBe(503);
    expect(Number(shut.headers["retry-after"])).toBeGreaterThan(0);
    await expectSoldOut(sale, await load, 6_000);
  }, 120_000);
});
