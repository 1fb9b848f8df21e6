import { createTestDatabase, type TestDatabase } from "@flashgate/local/testing";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { migrate } from "../src/index.ts";

describe("migrate", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase(inject("databaseUrl"));
  });
  afterEach(() => database.drop());

  async function rows(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: database.databaseUrl });
    await client.connect();
    const result = await client.query(text);
    await client.end();
    return result.rows;
  }

  it("is safe when five processes start at once, and repeatable", async () => {
    await Promise.all(Array.from({ length: 5 }, () => migrate(database.databaseUrl)));
    const applied = await rows("SELECT hash, created_at FROM flashgate.migrations ORDER BY id");
    expect(applied.length).toBeGreaterThan(0);
    expect(new Set(applied.map(({ hash }) => hash)).size).toBe(applied.length);
    await migrate(database.databaseUrl);
    expect(await rows("SELECT hash, created_at FROM flashgate.migrations ORDER BY id")).toEqual(applied);
  });

  it("leaves names in public to whoever has them already", async () => {
    await rows("CREATE TABLE public.sales (mine int)");
    await migrate(database.databaseUrl);
    const kinds = await rows("SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace");
    expect(kinds).toHaveLength(2);
    expect(kinds).toContainEqual({ relname: "sales", relkind: "r" });
    expect(kinds).toContainEqual({ relname: "items", relkind: "v" });
  });

  it("keeps to its own schema, but for the contest's two views", async () => {
    await migrate(database.databaseUrl);
    expect(
      await rows("SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"),
    ).toEqual([
      { relname: "items", relkind: "v" },
      { relname: "sales", relkind: "v" },
    ]);
    const own = await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'flashgate' ORDER BY 1");
    expect(own.map(({ name }) => name)).toEqual([
      "buyers",
      "checkout_attempts",
      "checkout_lines",
      "checkouts",
      "dead_letters",
      "items",
      "migrations",
      "removed_sales",
      "sales",
    ]);
  });

  it("lets go of its lock, and says so when the database is not there", async () => {
    await migrate(database.databaseUrl);
    expect(await rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).toEqual([]);
    const nowhere = new URL(database.databaseUrl);
    nowhere.pathname = "not_there";
    await expect(migrate(nowhere.href)).rejects.toThrow("not_there");
  });
});
