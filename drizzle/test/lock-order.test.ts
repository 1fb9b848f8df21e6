import { generatedCatalogue, type Ledger } from "@flashgate/core";
import { drizzle } from "drizzle-orm/node-postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { prepareStatements } from "../src/ledger/statements.ts";
import { rollback, withTransaction } from "../src/transaction.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";

/*
 * Every other statement says in which order it locks rows. An UPDATE cannot: it locks them as its plan comes to them, so
 * what is held here is that no plan comes to items but by their key.
 */
describe("items are locked by id", () => {
  let database: LedgerDatabase;
  let ledger: Ledger;
  beforeAll(async () => {
    database = await createLedgerDatabase();
    ledger = createLedger(database.pool);
  });
  afterAll(() => database.dispose());

  const plan = (itemIds: readonly string[]) =>
    withTransaction(database.pool, async (client) => {
      const { sql } = prepareStatements(drizzle(client)).moveItems.getQuery();
      const ones = itemIds.map(() => 1);
      const { rows } = await client.query(`EXPLAIN ${sql}`, [itemIds, ones, ones, "x-plan"]);
      return rollback(rows.map((row) => row["QUERY PLAN"]).join("\n"));
    });

  it.each([0, 3, 10_000])("in a sale of %d items, analysed or not", async (count) => {
    const catalogue = generatedCatalogue("x-plan", count);
    if (count > 0) {
      await database.pool.query("TRUNCATE flashgate.sales, flashgate.items");
      const window = { opensAtMs: 0, closesAtMs: 1, settleUntilMs: 2 };
      await ledger.schedule({ id: "x-plan", ...window, limitPerUser: 1 }, catalogue);
    }
    for (const analysed of [false, true]) {
      if (analysed) await database.pool.query("ANALYZE flashgate.items");
      for (const wanted of [1, 3, 200, 5_000]) {
        const text = await plan(generatedCatalogue("x-plan", wanted).map(({ id }) => id));
        expect(text).toContain("using items_pkey on items");
        expect(text).not.toMatch(/Seq Scan|Bitmap/);
      }
    }
  });
});
