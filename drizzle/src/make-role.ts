import pg from "pg";

/**
 * Makes a role that can log in and nothing else, or brings its password up to date, and gives it what `grants` say; one
 * text is one transaction, so that the role has all of its rights or is as it was. Returns the database's URL for it.
 */
export async function makeRole(
  databaseUrl: string,
  role: string,
  password: string,
  grants: readonly string[],
): Promise<string> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "flashgate-role",
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
  });
  client.on("error", () => undefined); // the statement in flight throws it too
  await client.connect();
  try {
    await client.query([...roleStatements(role, password), ...grants].join(";\n"));
  } finally {
    await client.end();
  }
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

function roleStatements(role: string, password: string): string[] {
  const [name, text, secret] = [pg.escapeIdentifier(role), pg.escapeLiteral(role), pg.escapeLiteral(password)];
  return [
    `DO $$ BEGIN
       IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${text}) THEN CREATE ROLE ${name}; END IF;
     END $$`,
    `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ${secret}`,
  ];
}
