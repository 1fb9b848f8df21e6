import { readLocalState } from "@flashgate/local";
import { type RedisUser, urlFor } from "@flashgate/redis";
import { readSecret } from "../kept-secret.ts";
import { readUpState } from "../up-state.ts";
import { redisEnvOf } from "./databases.ts";
import { PROCESS_ROLE } from "./migrate.ts";

export const SERVICES = ["api", "worker", "scheduler"] as const;
export type Service = (typeof SERVICES)[number];

/** Processes of one service, all in the same environment. */
export interface Patient {
  readonly service: Service;
  readonly env: NodeJS.ProcessEnv;
  readonly processes: number;
}

/** What is examined: a deployment as its processes find it. */
export interface Subject {
  readonly patients: readonly Patient[];
  /** Whether it is the instance that runs on the data folder. */
  readonly isRunning: boolean;
  /** Whether its data is in the data folder, or would be. */
  readonly isPrivate: boolean;
  /** Of a user of Redis who may ask what processes may not. */
  readonly redisAdminUrl: string | null;
}

/**
 * The processes of these services in this environment; where it names no databases, those of the instance on `dataDir`,
 * with the users and secrets that "up" gave them. `processes`: how many of a service there are, where it is said.
 */
export async function findSubject(
  dataDir: string,
  services: readonly Service[],
  processes: Readonly<Partial<Record<Service, number>>>,
): Promise<Subject> {
  const { env } = process;
  const running = readUpState(dataDir);
  const local = env["DATABASE_URL"] && env["REDIS_URL"] ? undefined : await readLocalState(dataDir);
  const envOf = local ? privateEnv(dataDir, local) : () => env;
  const patients = services.map((service) => ({
    service,
    env: envOf(service),
    processes: processes[service] ?? (running?.pids[service]?.length || 1),
  }));
  return {
    patients,
    isRunning: running !== undefined,
    isPrivate: !env["DATABASE_URL"] || !env["REDIS_URL"],
    redisAdminUrl: env["REDIS_ADMIN_URL"] || (env["REDIS_URL"] ? null : (local?.redisUrl ?? null)),
  };
}

type Local = NonNullable<Awaited<ReturnType<typeof readLocalState>>>;

/** As "up" tells its children: what the environment names wins. What was never kept is left out, and found missing. */
function privateEnv(dataDir: string, local: Local): (service: Service) => NodeJS.ProcessEnv {
  const kept = (name: Parameters<typeof readSecret>[1]) => readSecret(dataDir, name) ?? "";
  const database = new URL(local.databaseUrl);
  if (local.postgres.kind === "private") {
    database.username = PROCESS_ROLE;
    database.password = kept("database-password");
  }
  const as = (user: RedisUser) => urlFor(local.redisUrl, user, kept(`redis-${user}-password`));
  const { env, schedulerEnv } = process.env["REDIS_URL"] ? { env: {}, schedulerEnv: {} } : redisEnvOf(local, as);
  const all = {
    ...process.env,
    DATABASE_URL: process.env["DATABASE_URL"] || database.href,
    ...env,
    TICKET_SECRET: process.env["TICKET_SECRET"] || kept("ticket-secret"),
    OPS_TOKEN: process.env["OPS_TOKEN"] || kept("ops-token"),
  };
  return (service) => (service === "scheduler" ? { ...all, ...schedulerEnv } : all);
}
