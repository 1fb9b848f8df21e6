import pg from "pg";
import { makeRole } from "./make-role.ts";

/**
 * What each table lets a process do. But for the lines of a cart, which grow and are written anew, it deletes nothing, and
 * an attempt that was written down is not changed either. Sales go as a whole, by functions of the database's own.
 */
export const RIGHTS: readonly (readonly [table: string, rights: string])[] = [
  ["sales", "SELECT, INSERT, UPDATE"],
  ["items", "SELECT, INSERT, UPDATE"],
  ["buyers", "SELECT, INSERT, UPDATE"],
  ["checkouts", "SELECT, INSERT, UPDATE"],
  ["checkout_lines", "SELECT, INSERT, UPDATE, DELETE"],
  ["checkout_attempts", "SELECT, INSERT"],
  ["dead_letters", "SELECT, INSERT, UPDATE"],
  ["removed_sales", "SELECT"],
];

/**
 * Makes the role as which the processes work on a migrated database, or brings its password and its rights up to date.
 * It reads and writes rows and nothing else: no table is its own, so that it can neither change nor drop one.
 * `databaseUrl` must be of somebody who may create roles. Returns the database's URL for the role.
 */
export async function grantProcessRole(databaseUrl: string, role: string, password: string): Promise<string> {
  const name = pg.escapeIdentifier(role);
  return makeRole(databaseUrl, role, password, [
    // servers before 15 let everybody create tables there
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    `GRANT USAGE ON SCHEMA flashgate TO ${name}`,
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA flashgate TO ${name}`,
    `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA flashgate TO ${name}`,
    ...RIGHTS.map(([table, rights]) => `GRANT ${rights} ON flashgate.${table} TO ${name}`),
  ]);
}
