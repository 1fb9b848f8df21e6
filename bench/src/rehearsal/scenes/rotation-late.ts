import type { Scene } from "../scene.ts";

/** Only where the stage was set with the hour held back: a sale that has opened cannot be late any more. */
export const rotationLate: Scene = {
  name: "rotation-late",
  alerts: ["FlashgateRotationLate"],
  fromTheStart: true,
  trouble: "a forgotten transaction holds the row of this hour's sale, so that no scheduler can make it",
  mending: "the session is found in `pg_stat_activity` and ended",
  async cause({ hour }) {
    if (!hour) throw new Error("the stage was set without holding the hour back");
  },
  async mend({ database, hour }) {
    const { rows } = await database.query(
      `SELECT pid FROM pg_stat_activity
       WHERE state = 'idle in transaction' AND application_name = $1 AND state_change < now() - interval '5 s'`,
      [hour?.sessionName],
    );
    if (rows.length !== 1) throw new Error(`${rows.length} sessions are idle in a transaction, one was expected`);
    await database.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
  },
};
