import { createPoolMetrics } from "@flashgate/monitoring";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { scrape } from "./exposition.ts";

it("tells how busy the pool is, at each scrape", async () => {
  const registry = new Registry();
  const pool = { totalCount: 4, idleCount: 1, waitingCount: 0 };
  createPoolMetrics(registry, pool, 5);
  expect(Object.fromEntries(await scrape(registry))).toEqual({
    'flashgate_pool_connections{state="busy"}': 3,
    'flashgate_pool_connections{state="idle"}': 1,
    flashgate_pool_connections_max: 5,
    flashgate_pool_waiting: 0,
  });
  pool.waitingCount = 7;
  expect((await scrape(registry)).get("flashgate_pool_waiting")).toBe(7);
});
