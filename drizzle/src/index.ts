export { type DatabaseFacts, readDatabaseFacts } from "./database-facts.ts";
export { createLedger } from "./ledger/ledger.ts";
export { createProgressLedger } from "./ledger/progress.ts";
export { statementTexts } from "./ledger/statements.ts";
export { migrate } from "./migrate.ts";
export { grantMonitorRole } from "./monitor-role.ts";
export { createPool, type PoolOptions } from "./pool.ts";
export { grantProcessRole } from "./process-role.ts";
