import pg from "pg";

/**
 * What each table lets a process do. Rows are kept for ever: but for the lines of a cart, which grow and are written
 * anew, nothing is deleted, and an attempt that was written down is not changed either.
 */
export const RIGHTS: readonly (readonly [table: string, rights: string])[] = [
  ["sales", "SELECT, INSERT, UPDATE"],
  ["items", "SELECT, INSERT, UPDATE"],
  ["buyers", "SELECT, INSERT, UPDATE"],
  ["checkouts", "SELECT, INSERT, UPDATE"],
  ["checkout_lines", "SELECT, INSERT, UPDATE, DELETE"],
  ["checkout_attempts", "SELECT, INSERT"],
  ["dead_letters", "SELECT, INSERT, UPDATE"],
];

/**
 * Makes the role as which the processes work on a migrated database, or brings its password and its rights up to date.
 * It reads and writes rows and nothing else: no table is its own, so that it can neither change nor drop one.
 * `databaseUrl` must be of somebody who may create roles. Returns the database's URL for the role.
 */
export async function grantProcessRole(databaseUrl: string, role: string, password: string): Promise<string> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "flashgate-role",
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
  });
  client.on("error", () => undefined); // the statement in flight throws it too
  await client.connect();
  try {
    await client.query(statementsFor(role, password));
  } finally {
    await client.end();
  }
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

/** One text is one transaction: the role has all of its rights or is as it was. */
function statementsFor(role: string, password: string): string {
  const [name, text, secret] = [pg.escapeIdentifier(role), pg.escapeLiteral(role), pg.escapeLiteral(password)];
  return [
    `DO $$ BEGIN
       IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${text}) THEN CREATE ROLE ${name}; END IF;
     END $$`,
    `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ${secret}`,
    // servers before 15 let everybody create tables there
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    `GRANT USAGE ON SCHEMA flashgate TO ${name}`,
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA flashgate TO ${name}`,
    ...RIGHTS.map(([table, rights]) => `GRANT ${rights} ON flashgate.${table} TO ${name}`),
  ].join(";\n");
}
