import { fixed } from "../numbers.ts";
import { type Finding, fault, warning } from "./finding.ts";

const VERSION_MIN = 14;
const MIGRATE = 'run "flashgate migrate" as the owner of the database';

export interface PostgresVersion {
  readonly version: string;
  readonly versionNumber: number;
}

export function judgePostgresVersion({ version, versionNumber }: PostgresVersion): Finding[] {
  if (versionNumber >= VERSION_MIN * 10_000) return [];
  return [fault(`PostgreSQL ${version} is too old`, `upgrade it to ${VERSION_MIN} or newer; the tests run on 18`)];
}

export interface Schema {
  readonly missing: readonly string[];
  readonly pending: number | null;
}

const NAMES_SHOWN = 3;

export function judgeSchema({ missing, pending }: Schema): Finding[] {
  if (missing.length > 0) {
    const more = missing.length > NAMES_SHOWN ? ` and ${missing.length - NAMES_SHOWN} more` : "";
    return [fault(`the ledger lacks ${missing.slice(0, NAMES_SHOWN).join(", ")}${more}`, MIGRATE)];
  }
  if (pending !== null && pending > 0) return [fault(`${pending} migrations were not applied`, MIGRATE)];
  return [];
}

export interface Role {
  readonly role: string;
  readonly powers: readonly string[];
  readonly lacking: readonly string[];
}

const GRANT =
  'run "flashgate migrate --role" with DATABASE_ROLE_PASSWORD, and name the role it makes in DATABASE_URL of the processes';

/** Whether processes may work as this role: rows, and no table. */
export function judgeRole({ role, powers, lacking }: Role): Finding[] {
  return [
    ...(powers.length > 0
      ? [fault(`the role ${role} ${powers.join(", ")}: a process must change no table`, GRANT)]
      : []),
    ...(lacking.length > 0
      ? [fault(`the role ${role} may not ${lacking.slice(0, NAMES_SHOWN).join(", ")}`, GRANT)]
      : []),
  ];
}

/** So many processes of a service, each with a pool of so many connections. */
export interface Pool {
  readonly service: string;
  readonly processes: number;
  readonly connections: number;
}

/** What commands and a migration take beside the processes. */
const CONNECTIONS_BESIDE = 3;

export function judgeConnections(connectionsMax: number, pools: readonly Pool[]): Finding[] {
  const wanted = pools.reduce((sum, { processes, connections }) => sum + processes * connections, CONNECTIONS_BESIDE);
  if (wanted <= connectionsMax) return [];
  const parts = pools.map(({ service, processes, connections }) => `${processes} ${service} × ${connections}`);
  return [
    fault(
      `the pools may want ${wanted} connections (${parts.join(", ")}, ${CONNECTIONS_BESIDE} for commands), and Postgres gives ordinary roles ${connectionsMax}`,
      "raise max_connections and restart Postgres, or lower DATABASE_POOL, or run fewer processes",
    ),
  ];
}

/** How far a server's clock is ahead of this machine's, give or take half the round trip. */
export interface ClockDifference {
  readonly aheadMs: number;
  readonly roundTripMs: number;
}

const APART_MS_MAX = 2_000;
const APART_MS_NOTED = 250;

export function judgeClock(server: string, { aheadMs, roundTripMs }: ClockDifference): Finding[] {
  const apartMs = Math.max(0, Math.abs(aheadMs) - roundTripMs / 2);
  if (apartMs <= APART_MS_NOTED) return [];
  const what = `the clock of ${server} is ${fixed(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? "ahead of" : "behind"} this machine's`;
  const fix = "let both follow the same time servers (chrony, systemd-timesyncd)";
  return [apartMs > APART_MS_MAX ? fault(what, fix) : warning(what, fix)];
}
