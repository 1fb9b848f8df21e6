import { randomBytes } from "node:crypto";
import { createTestDatabase } from "@flashgate/local/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { grantProcessRole, readDatabaseFacts } from "../src/index.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";

const clock = { nowMs: () => Date.now() };

describe("what a database tells of itself", () => {
  let database: LedgerDatabase;
  const role = `process_${randomBytes(6).toString("hex")}`;
  let roleUrl: string;
  beforeAll(async () => {
    database = await createLedgerDatabase();
    roleUrl = await grantProcessRole(database.url, role, "a secret of some length");
  });
  afterAll(async () => {
    await database.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await database.dispose();
  });

  it("to the role of the processes: rows and no table, and a schema that is whole", async () => {
    const facts = await readDatabaseFacts(roleUrl, clock);
    expect(facts).toMatchObject({ role, powers: [], lacking: [], missing: [], pending: null });
    expect(facts.versionNumber).toBeGreaterThanOrEqual(140_000);
    expect(facts.version).toMatch(/^\d+(\.\d+)*$/);
    const { rows } = await database.pool.query("SHOW max_connections");
    expect(facts.connectionsMax).toBeGreaterThan(0);
    expect(facts.connectionsMax).toBeLessThan(Number(rows[0].max_connections));
    expect(Math.abs(facts.aheadMs)).toBeLessThanOrEqual(facts.roundTripMs / 2 + 5);
  });

  it("to its owner: all that a process must not be able to do", async () => {
    const { powers, pending, lacking } = await readDatabaseFacts(database.url, clock);
    expect([...powers].sort()).toEqual([
      "is a superuser",
      "may create tables in flashgate",
      "may create tables in public",
      "owns tables of the ledger",
    ]);
    expect([pending, lacking]).toEqual([0, []]);
  });

  it("of rights that were taken away", async () => {
    await database.pool.query(`REVOKE INSERT ON flashgate.sales FROM ${role}`);
    await database.pool.query(`REVOKE EXECUTE ON FUNCTION flashgate.begin_removal FROM ${role}`);
    expect((await readDatabaseFacts(roleUrl, clock)).lacking).toEqual(["INSERT on sales", "EXECUTE on begin_removal"]);
    await database.pool.query(`GRANT INSERT ON flashgate.sales TO ${role}`);
    await database.pool.query(`GRANT EXECUTE ON FUNCTION flashgate.begin_removal TO ${role}`);
    await database.pool.query(`GRANT CREATE ON SCHEMA flashgate TO ${role}`);
    expect((await readDatabaseFacts(roleUrl, clock)).powers).toEqual(["may create tables in flashgate"]);
    await database.pool.query(`REVOKE CREATE ON SCHEMA flashgate FROM ${role}`);
  });

  it("of a schema that is behind", async () => {
    await database.pool.query("ALTER TABLE flashgate.sales RENAME COLUMN paused TO stopped");
    expect((await readDatabaseFacts(roleUrl, clock)).missing).toEqual(["sales.paused"]);
    await database.pool.query("ALTER TABLE flashgate.sales RENAME COLUMN stopped TO paused");
    await database.pool.query("DELETE FROM flashgate.migrations WHERE id = (SELECT max(id) FROM flashgate.migrations)");
    expect((await readDatabaseFacts(database.url, clock)).pending).toBe(1);
  });

  it("of a schema that is not there at all", async () => {
    const { databaseUrl, drop } = await createTestDatabase(inject("databaseUrl"));
    const facts = await readDatabaseFacts(databaseUrl, clock);
    expect(facts.missing).toContain("sales");
    expect(facts.missing.some((name) => name.includes("."))).toBe(false);
    expect(facts.pending).toBeGreaterThan(0);
    await drop();
  });

  it("not where it cannot be asked", async () => {
    await expect(readDatabaseFacts("postgres://x@127.0.0.1:1/x", clock)).rejects.toThrow("ECONNREFUSED");
    const wrong = new URL(roleUrl);
    wrong.password = "another";
    await expect(readDatabaseFacts(wrong.href, clock)).rejects.toBeInstanceOf(pg.DatabaseError);
  });

  it("with the difference of the clocks", async () => {
    const late = { nowMs: () => Date.now() - 60_000 };
    const { aheadMs, roundTripMs } = await readDatabaseFacts(roleUrl, late);
    expect(Math.abs(aheadMs - 60_000)).toBeLessThanOrEqual(roundTripMs / 2 + 5);
  });
});
