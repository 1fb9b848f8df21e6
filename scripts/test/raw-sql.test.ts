import { describe, expect, it } from "vitest";
import { rawSql } from "../tidy/raw-sql.ts";
import { findings } from "./findings.ts";

describe("raw-sql", () => {
  it("refuses SQL that was put together", () => {
    expect(findings(rawSql, { "drizzle/src/ledger.ts": "const order =\n  sql.raw(column);" })).toEqual([
      "drizzle/src/ledger.ts:2 `sql.raw(`: use the sql template with placeholders, or sql.identifier",
    ]);
  });

  it("lets the template pass, and tests", () => {
    const passing = {
      "drizzle/src/ledger.ts": "const row = sql`select 1`; // not sql.raw(id)",
      "drizzle/test/schema.test.ts": "await db.execute(sql.raw(statement));",
    };
    expect(findings(rawSql, passing)).toEqual([]);
  });
});
