import { ledgerContract } from "@flashgate/core/testing";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase } from "./database.ts";

ledgerContract("postgres", async () => {
  const { pool, dispose } = await createLedgerDatabase();
  const nowMs = async () => {
    const { rows } = await pool.query<{ now: Date }>("SELECT clock_timestamp() AS now");
    return rows[0]?.now.getTime() ?? Number.NaN;
  };
  return { ledger: createLedger(pool), nowMs, dispose };
});
