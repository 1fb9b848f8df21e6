import pg from "pg";
import { until } from "../../fleet/until.ts";
import type { Scene } from "../scene.ts";

const LOCKER = "flashgate-rehearsal-locker";
const FOUND_MS_MAX = 15_000;

/** Who stands in others' way and does nothing itself. */
const BLOCKERS = `
  SELECT DISTINCT blocker.pid FROM pg_stat_activity AS waiter
  CROSS JOIN LATERAL unnest(pg_blocking_pids(waiter.pid)) AS blocking (pid)
  JOIN pg_stat_activity AS blocker ON blocker.pid = blocking.pid
  WHERE blocker.state = 'idle in transaction'`;

/** A gate shuts itself whenever Redis loses its scripts, and is open again within seconds, unless a recovery cannot get on. */
export function gateShut(): Scene {
  let locker: pg.Client | null = null;
  return {
    name: "gate-shut",
    alerts: ["FlashgateGateShut", "FlashgateErrorBurn"],
    trouble:
      "Redis forgets its scripts (as at every restart) while a session holds the sale's row, so that no recovery gets on",
    mending:
      "the session that blocks the scheduler is found with `pg_blocking_pids` and ended; the gate opens by itself",
    async cause({ fleet, saleId }) {
      locker = new pg.Client({ connectionString: fleet.postgres.url, application_name: LOCKER });
      // whoever mends the trouble ends the session
      locker.on("error", () => undefined);
      await locker.connect();
      await locker.query("BEGIN");
      await locker.query("SELECT 1 FROM flashgate.sales WHERE id = $1 FOR UPDATE", [saleId]);
      await fleet.active.admin.script("FLUSH");
    },
    async mend({ database }) {
      const ended = async () => {
        const { rows } = await database.query(BLOCKERS);
        for (const { pid } of rows) await database.query("SELECT pg_terminate_backend($1)", [pid]);
        return rows.length > 0;
      };
      // those who wait give up after 5 s and come back
      if (!(await until(ended, FOUND_MS_MAX))) throw new Error("nobody blocks the scheduler, and the gate is shut");
      await locker?.end().catch(() => undefined);
    },
  };
}
