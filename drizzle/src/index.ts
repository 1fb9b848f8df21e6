export { createLedger } from "./ledger/ledger.ts";
export { migrate } from "./migrate.ts";
export { grantMonitorRole } from "./monitor-role.ts";
export { createPool, type PoolOptions } from "./pool.ts";
export { grantProcessRole } from "./process-role.ts";
