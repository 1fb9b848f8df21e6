import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPool, grantMonitorRole } from "../src/index.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";

const FORBIDDEN = "42501";
const role = `monitor "${randomBytes(6).toString("hex")}"`;
let database: LedgerDatabase;
let monitor: pg.Pool;

beforeAll(async () => {
  database = await createLedgerDatabase();
  const url = await grantMonitorRole(database.url, role, "it's a secret");
  monitor = createPool({ url, max: 1, applicationName: "flashgate-test", onError: () => undefined });
});
afterAll(async () => {
  await monitor.end();
  await database.pool.query(`DROP ROLE ${pg.escapeIdentifier(role)}`);
  await database.dispose();
});

it("sees what others ask the server", async () => {
  const { rows } = await monitor.query("SELECT pg_has_role(current_user, 'pg_read_all_stats', 'MEMBER') AS reads");
  expect(rows).toEqual([{ reads: true }]);
});

it("reads no row, and makes nothing", async () => {
  for (const statement of ["SELECT * FROM flashgate.checkouts", "CREATE SCHEMA mine", "CREATE ROLE other"]) {
    await expect(monitor.query(statement)).rejects.toMatchObject({ code: FORBIDDEN });
  }
});
