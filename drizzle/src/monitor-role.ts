import pg from "pg";
import { makeRole } from "./make-role.ts";

/**
 * Makes the role of exporters, or brings its password up to date: it reads what Postgres says of itself, and no row.
 * `databaseUrl` must be of a superuser. Returns the database's URL for the role.
 */
export function grantMonitorRole(databaseUrl: string, role: string, password: string): Promise<string> {
  return makeRole(databaseUrl, role, password, [`GRANT pg_monitor TO ${pg.escapeIdentifier(role)}`]);
}
