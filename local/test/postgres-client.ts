import pg from "pg";

/** Runs one statement on a connection of its own; resolves with its rows. */
export async function query(databaseUrl: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // a server that is killed says so here too; the query's own rejection is enough
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
