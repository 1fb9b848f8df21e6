import { drizzle } from "drizzle-orm/node-postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareStatements } from "../src/ledger/statements.ts";
import { rollback, withTransaction } from "../src/transaction.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";

/** A shopper's orders are found by user and id, whatever else is in the table. */
describe("orders are found by their index", () => {
  let database: LedgerDatabase;
  beforeAll(async () => {
    database = await createLedgerDatabase();
  });
  afterAll(() => database.dispose());

  const id = "01900000-0000-7000-8000-000000000001";
  it.each([
    { name: "orderOf", given: ["u", id, id] },
    { name: "ordersOf", given: [id, "u", id, 10, 10] },
    { name: "ordersOf", given: [null, "u", null, 10, 10] },
  ] as const)("$name", async ({ name, given }) => {
    const text = await withTransaction(database.pool, async (client) => {
      const { sql } = prepareStatements(drizzle(client))[name].getQuery();
      await client.query("SET LOCAL plan_cache_mode = force_generic_plan");
      await client.query(`PREPARE of_orders AS ${sql}`);
      const values = given.map((value) => (value === null ? "null" : `'${value}'`)).join(", ");
      const { rows } = await client.query(`EXPLAIN EXECUTE of_orders (${values})`);
      await client.query("DEALLOCATE of_orders");
      return rollback(rows.map((row) => row["QUERY PLAN"]).join("\n"));
    });
    expect(text).toContain("using checkouts_orders on checkouts");
    // the span, whose user, and which of them: nothing is read that is not told
    expect(text).toMatch(/Index Cond: \(+"left"\(\(id\)::text, 5\).* = .*\) AND \(user_id = \$\d\) AND \(id /);
    expect(text).not.toMatch(/Seq Scan on checkouts|Sort/);
  });
});
