import type { ProgressLedger } from "@flashgate/core";
import type { Pool } from "pg";
import { statementsOf } from "./statements.ts";

/** What those who watch a sale read. The pool is the caller's to end; its database is migrated. */
export function createProgressLedger(pool: Pool): ProgressLedger {
  return {
    async progress(saleId) {
      const rows = await statementsOf(pool).progressOf.execute({ saleId });
      const [p50, p99] = rows.find(({ state }) => state === "confirmed")?.lagsMs ?? [];
      return {
        checkouts: Object.fromEntries(
          rows.map(({ state, reason, checkouts }) => [reason === null ? state : `${state}:${reason}`, checkouts]),
        ),
        lagMs: p50 === undefined || p99 === undefined ? null : { p50, p99 },
      };
    },
    async history(saleId) {
      const rows = await statementsOf(pool).historyOf.execute({ saleId });
      return rows.map(({ atMs, units, lagsMs: [p50, p99] }) => ({ atMs, units, lagMs: { p50, p99 } }));
    },
    async processes() {
      const rows = await statementsOf(pool).processes.execute();
      return Object.fromEntries(rows.map(({ service, processes }) => [service, processes]));
    },
  };
}
