import type { Registry } from "prom-client";
import { createGauge, createGauges } from "./gauge.ts";

/** What a pool of database connections tells of itself. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** How busy the pool of this process is. `max`: its bound. */
export function createPoolMetrics(registry: Registry, pool: PoolCounts, max: number): void {
  createGauges<"busy" | "idle">(registry, {
    name: "flashgate_pool_connections",
    help: "Database connections of this process.",
    label: "state",
    read: () => [
      ["busy", pool.totalCount - pool.idleCount],
      ["idle", pool.idleCount],
    ],
  });
  createGauge(registry, {
    name: "flashgate_pool_connections_max",
    help: "Database connections that this process may have.",
    read: () => max,
  });
  createGauge(registry, {
    name: "flashgate_pool_waiting",
    help: "Those who wait for a database connection of this process.",
    read: () => pool.waitingCount,
  });
}
