import { hourlySale, hourOf } from "@flashgate/core";
import pg from "pg";

/**
 * A transaction that has made the sale of this hour and neither commits nor rolls back: whoever else wants to make it waits
 * for that, as behind any session that somebody forgot.
 */
export class HeldHour {
  /** What Postgres calls the session in pg_stat_activity. */
  readonly sessionName = "flashgate-rehearsal-forgotten";
  readonly #session: pg.Client;

  /** Throws when a scheduler was quicker. */
  static async take(databaseUrl: string): Promise<HeldHour> {
    const hour = new HeldHour(databaseUrl);
    await hour.#take();
    return hour;
  }

  private constructor(databaseUrl: string) {
    this.#session = new pg.Client({ connectionString: databaseUrl, application_name: this.sessionName });
    // whoever mends the trouble ends the session
    this.#session.on("error", () => undefined);
  }

  /** Idempotent, and harmless after somebody ended the session. */
  async letGo(): Promise<void> {
    await this.#session.end().catch(() => undefined);
  }

  async #take(): Promise<void> {
    await this.#session.connect();
    const { id, opensAtMs, closesAtMs, settleUntilMs, limitPerUser } = hourlySale(hourOf(Date.now()));
    await this.#session.query("BEGIN");
    const made = await this.#session.query(
      `INSERT INTO flashgate.sales (id, opens_at, closes_at, settle_until, total_items, limit_per_user)
       VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT DO NOTHING`,
      [id, ...[opensAtMs, closesAtMs, settleUntilMs].map((ms) => new Date(ms)), limitPerUser],
    );
    if (made.rowCount !== 1) throw new Error("a scheduler was quicker: the sale of this hour is there already");
  }
}
