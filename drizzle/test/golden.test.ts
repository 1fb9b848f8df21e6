import { drizzle } from "drizzle-orm/node-postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareStatements } from "../src/ledger/statements.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";
import { dumpSchema } from "./schema-dump.ts";

const HINT = "what the ledger puts into the database changed; if it is meant: npm run golden -w @flashgate/drizzle";

describe("golden", () => {
  let database: LedgerDatabase;
  beforeAll(async () => {
    database = await createLedgerDatabase();
  });
  afterAll(() => database.dispose());

  it("schema", async () => {
    await expect(await dumpSchema(database.pool), HINT).toMatchFileSnapshot("../golden/schema.txt");
  });

  it("statements", async () => {
    const statements = Object.entries(prepareStatements(drizzle(database.pool)));
    const text = statements.map(([name, statement]) => `-- ${name}\n${statement.getQuery().sql.trim()};\n`);
    await expect(text.sort().join("\n"), HINT).toMatchFileSnapshot("../golden/statements.sql");
  });
});
