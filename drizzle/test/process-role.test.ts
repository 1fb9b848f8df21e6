import { randomBytes } from "node:crypto";
import { ledgerContract } from "@flashgate/core/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger, createPool, grantProcessRole } from "../src/index.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";

const FORBIDDEN = "42501";

interface RoleDatabase extends LedgerDatabase {
  /** As the process's role. */
  readonly rolePool: pg.Pool;
  readonly role: string;
}

/** Roles are the server's, not the database's: each file of a test run has one of its own. */
async function createRoleDatabase(): Promise<RoleDatabase> {
  const database = await createLedgerDatabase();
  const role = `process's "${randomBytes(6).toString("hex")}"`;
  const url = await grantProcessRole(database.url, role, "it's a secret");
  const rolePool = createPool({ url, max: 10, applicationName: "flashgate-test", onError: () => undefined });
  const dispose = async () => {
    await rolePool.end();
    await database.pool.query(`DROP OWNED BY ${pg.escapeIdentifier(role)}; DROP ROLE ${pg.escapeIdentifier(role)}`);
    await database.dispose();
  };
  return { ...database, rolePool, role, dispose };
}

describe("the role of the processes", () => {
  let database: RoleDatabase;
  beforeAll(async () => {
    database = await createRoleDatabase();
  });
  afterAll(() => database.dispose());

  it.each([
    ["makes no table", "CREATE TABLE flashgate.mine (id int)"],
    ["makes no table in public either", "CREATE TABLE public.mine (id int)"],
    ["makes no schema", "CREATE SCHEMA mine"],
    ["changes no table", "ALTER TABLE flashgate.sales DROP COLUMN items_sold"],
    ["drops no table", "DROP TABLE flashgate.checkouts"],
    ["drops no constraint", "ALTER TABLE flashgate.items DROP CONSTRAINT items_stock"],
    ["empties no table", "TRUNCATE flashgate.checkout_attempts"],
    ["deletes no checkout", "DELETE FROM flashgate.checkouts"],
    ["deletes no sale", "DELETE FROM flashgate.sales"],
    ["takes no sale out by hand", "INSERT INTO flashgate.removed_sales VALUES ('x', now(), now())"],
    ["changes no attempt", "UPDATE flashgate.checkout_attempts SET outcome = 'confirmed'"],
    ["sees no migration", "SELECT * FROM flashgate.migrations"],
    ["reads no file", "COPY flashgate.sales FROM '/etc/hostname'"],
    ["makes no role", "CREATE ROLE other"],
  ])("%s", async (_what, statement) => {
    await expect(database.rolePool.query(statement)).rejects.toMatchObject({ code: FORBIDDEN });
  });

  it("gets a new password where it is there already, and the old one is over", async () => {
    const before = database.rolePool.options.connectionString ?? "";
    const url = await grantProcessRole(database.url, database.role, "another secret");
    const open = (connectionString: string) =>
      createPool({ url: connectionString, max: 1, applicationName: "flashgate-test", onError: () => undefined });
    const [now, then] = [open(url), open(before)];
    try {
      expect((await now.query("SELECT current_user AS name")).rows).toEqual([{ name: database.role }]);
      await expect(then.query("SELECT 1")).rejects.toThrow(/password authentication failed/);
    } finally {
      await Promise.all([now.end(), then.end()]);
      await grantProcessRole(database.url, database.role, "it's a secret");
    }
  });
});

ledgerContract("postgres, as the processes", async () => {
  const { pool, rolePool, dispose } = await createRoleDatabase();
  const nowMs = async () => {
    const { rows } = await pool.query<{ now: Date }>("SELECT clock_timestamp()::timestamptz(3) AS now");
    return rows[0]?.now.getTime() ?? Number.NaN;
  };
  return { ledger: createLedger(rolePool), nowMs, dispose };
});
