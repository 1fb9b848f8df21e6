import { ledgerContract } from "@flashgate/core/testing";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase } from "./database.ts";

ledgerContract("postgres", async () => {
  const { pool, dispose } = await createLedgerDatabase();
  // Rounded to milliseconds as the ledger's columns are.
  const nowMs = async () => {
    const { rows } = await pool.query<{ now: Date }>("SELECT clock_timestamp()::timestamptz(3) AS now");
    return rows[0]?.now.getTime() ?? Number.NaN;
  };
  return { ledger: createLedger(pool), nowMs, dispose };
});
