import { spawnSync } from "node:child_process";
import { existsSync, statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readDatabaseFacts } from "@flashgate/drizzle";
import { readFailpoints, readOpsAccess } from "@flashgate/monitoring";
import { readRedisFacts, readUserRights } from "@flashgate/redis";
import { wallClock } from "../clock.ts";
import { CommandFault } from "../command-fault.ts";
import { Connection } from "../connection.ts";
import type { Check } from "../doctor/checkup.ts";
import { type Finding, fault } from "../doctor/finding.ts";
import { judgeBuild } from "../doctor/judge-build.ts";
import { judgeDisk, judgeFiles, judgeNode } from "../doctor/judge-machine.ts";
import {
  judgeClock,
  judgeConnections,
  judgePostgresVersion,
  judgeRole,
  judgeSchema,
} from "../doctor/judge-postgres.ts";
import {
  judgeGateUser,
  judgeMemory,
  judgePersistence,
  judgeQueueUser,
  judgeRedisVersion,
  judgeReplica,
} from "../doctor/judge-redis.ts";
import { judgeSecrets, judgeSettings } from "../doctor/judge-settings.ts";
import { roomBuilds } from "../doctor/room-builds.ts";
import { faultLine } from "../fault-line.ts";
import { freePorts } from "../ports.ts";
import { readSale } from "../sale-view.ts";
import type { Patient, Service, Subject } from "./doctor-subject.ts";
import { hostOf } from "./stores.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** What the doctor wants to know of a process's settings. */
interface Settings {
  readonly DATABASE_POOL: number;
  readonly STREAMS_MAX?: number;
}

/** How each process reads its environment. */
const CONFIGS: Readonly<Record<Service, (env: NodeJS.ProcessEnv) => Promise<Settings>>> = {
  api: async (env) => (await import("@flashgate/api/config")).readConfig(env),
  worker: async (env) => (await import("@flashgate/worker/config")).readConfig(env),
  scheduler: async (env) => (await import("@flashgate/scheduler/config")).readConfig(env),
};

const SECRETS = ["TICKET_SECRET", "TICKET_SECRET_PREVIOUS", "JWT_SECRET", "OPS_TOKEN"] as const;

/** Everything that the doctor looks at, in the order in which it is told. */
export function checksOf(subject: Subject, dataDir: string): Check[] {
  const [first] = subject.patients;
  const api = subject.patients.find(({ service }) => service === "api");
  const databaseUrl = first?.env["DATABASE_URL"];
  const redisUrl = subject.redisAdminUrl ?? first?.env["REDIS_URL"];
  const database = once(databaseUrl, (url) => readDatabaseFacts(url, wallClock));
  const redis = once(redisUrl, (url) => readRedisFacts(url, wallClock));
  return [
    { name: "node", run: () => judgeNode(process.versions.node) },
    { name: "build", run: () => judgeBuild(roomBuilds(ROOT)) },
    { name: "open files", run: () => filesFindings(api) },
    { name: "disk", run: () => (subject.isPrivate ? judgeDisk(freeBytesAt(dataDir), dataDir) : []) },
    { name: "ports", run: () => (subject.isRunning ? [] : portFindings(subject.patients)) },
    ...subject.patients.map((patient) => ({
      name: `settings of ${patient.service}`,
      run: () => settingsFindings(patient),
    })),
    { name: "secrets", run: () => judgeSecrets(secretsOf(subject.patients)) },
    { name: "postgres", run: () => reached("DATABASE_URL", databaseUrl, database) },
    { name: "postgres version", run: seen(database, judgePostgresVersion) },
    { name: "postgres schema", run: seen(database, judgeSchema) },
    { name: "postgres role", run: seen(database, judgeRole) },
    { name: "postgres pools", run: seen(database, (facts) => poolFindings(subject.patients, facts.connectionsMax)) },
    { name: "postgres clock", run: seen(database, (facts) => judgeClock("Postgres", facts)) },
    { name: "redis", run: () => reached("REDIS_URL", redisUrl, redis) },
    { name: "redis version", run: seen(redis, ({ version }) => judgeRedisVersion(version)) },
    { name: "redis primary", run: seen(redis, ({ isReplica }) => judgeReplica(isReplica)) },
    { name: "redis memory", run: seen(redis, judgeMemory) },
    { name: "redis disk", run: seen(redis, ({ aof }) => judgePersistence(aof)) },
    { name: "redis clock", run: seen(redis, (facts) => judgeClock("Redis", facts)) },
    { name: "redis users", run: () => userFindings(subject.patients, "REDIS_URL", judgeGateUser) },
    { name: "redis queue", run: () => userFindings(subject.patients, "REDIS_QUEUE_URL", judgeQueueUser) },
  ];
}

type Asked<Facts> = () => Promise<Facts> | null;

/** Asks a server once for all checks; null where it is not known. */
function once<Facts>(url: string | undefined, ask: (url: string) => Promise<Facts>): Asked<Facts> {
  let asked: Promise<Facts> | null = null;
  return () => {
    if (url) asked ??= ask(url);
    return asked;
  };
}

async function reached(variable: string, url: string | undefined, ask: Asked<unknown>): Promise<Finding[] | null> {
  try {
    return (await ask()) === null ? null : [];
  } catch (error) {
    return [fault(`${hostOf(url ?? "")} cannot be asked: ${faultLine(error)}`, `start it, or mend ${variable}`)];
  }
}

/** A check of what a server says; not to be made where the server cannot be asked. */
function seen<Facts extends object>(
  ask: Asked<Facts>,
  judge: (facts: Facts) => readonly Finding[] | null | Promise<Finding[] | null>,
) {
  return async () => {
    const facts = await Promise.resolve(ask()).catch(() => null);
    return facts && judge(facts);
  };
}

async function settingsFindings({ service, env }: Patient): Promise<Finding[]> {
  const readings: readonly (() => Promise<unknown>)[] = [
    () => CONFIGS[service](env),
    async () => readFailpoints(env),
    async () => readOpsAccess(env),
  ];
  const findings: Finding[] = [];
  for (const read of readings) {
    await read().catch((error: Error) => findings.push(...judgeSettings(service, error.message)));
  }
  return findings;
}

function secretsOf(patients: readonly Patient[]): Record<string, string> {
  return Object.fromEntries(
    SECRETS.flatMap((name) => {
      const secret = patients.map(({ env }) => env[name]).find((value) => value);
      return secret ? [[name, secret]] : [];
    }),
  );
}

/** Null where settings are at fault. */
async function poolFindings(patients: readonly Patient[], connectionsMax: number): Promise<Finding[] | null> {
  const configs = await Promise.all(patients.map(({ service, env }) => CONFIGS[service](env).catch(() => null)));
  const pools = patients.flatMap(({ service, processes }, index) => {
    const connections = configs[index]?.DATABASE_POOL;
    return connections === undefined ? [] : [{ service, processes, connections }];
  });
  return pools.length < patients.length ? null : judgeConnections(connectionsMax, pools);
}

async function filesFindings(api: Patient | undefined): Promise<Finding[] | null> {
  if (process.platform === "win32") return [];
  const config = api ? await CONFIGS.api(api.env).catch(() => null) : null;
  const limit = spawnSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).stdout.trim();
  return judgeFiles(limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit), config?.STREAMS_MAX ?? 0);
}

function freeBytesAt(folder: string): number {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return bavail * bsize;
}

/** Ports that a process would listen on; one that an api of ours has already is no fault. */
async function portFindings(patients: readonly Patient[]): Promise<Finding[]> {
  const wanted = patients.flatMap(({ service, env }) => [
    ...(service === "api" ? [{ host: env["HOST"] || "127.0.0.1", port: Number(env["PORT"] || 3_000) }] : []),
    ...(env["OPS_PORT"] ? [{ host: env["OPS_HOST"] || "127.0.0.1", port: Number(env["OPS_PORT"]) }] : []),
  ]);
  const distinct = [...new Map(wanted.map((place) => [`${place.host}:${place.port}`, place])).values()];
  const findings = await Promise.all(distinct.map(portFinding));
  return findings.flatMap((finding) => finding ?? []);
}

async function portFinding({ host, port }: { host: string; port: number }): Promise<Finding | null> {
  // What is no port is a fault of the settings.
  if (!(port > 0 && port < 65_536)) return null;
  try {
    await freePorts(host, port, 1);
    return null;
  } catch (error) {
    if (!(error instanceof CommandFault) || (await isApi(`http://${host}:${port}`))) return null;
    const [what = "", fix = ""] = error.message.split(/: (.*)/s);
    return fault(what, fix);
  }
}

async function isApi(url: string): Promise<boolean> {
  const connection = new Connection(url);
  try {
    return (await readSale(connection, "current")).kind === "sale";
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

/** One look for each user, with all the services that share it. */
async function userFindings(
  patients: readonly Patient[],
  variable: "REDIS_URL" | "REDIS_QUEUE_URL",
  judge: typeof judgeGateUser,
): Promise<Finding[] | null> {
  const byUrl = new Map<string, Service[]>();
  for (const { service, env } of patients) {
    const url = env[variable] || env["REDIS_URL"];
    if (url) byUrl.set(url, [...(byUrl.get(url) ?? []), service]);
  }
  if (byUrl.size === 0) return null;
  const found = await Promise.all(
    [...byUrl].map(async ([url, services]) => {
      const whose = `${hostOf(url)} cannot be asked as ${variable} of ${services.join(", ")} has it`;
      return readUserRights(url).then(
        (rights) => judge(services, rights),
        (error: unknown) => [fault(`${whose}: ${faultLine(error)}`, `start it, or mend ${variable}`)],
      );
    }),
  );
  return found.flat();
}
