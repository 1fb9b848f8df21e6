import type { ProgressLedger } from "@flashgate/core";
import type { Pool } from "pg";
import { statementsOf } from "./statements.ts";

/** What the watch of a sale reads. The pool is the caller's to end; its database is migrated. */
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
  };
}
