/** Postgres and Redis in the place of their images: with the flags, the users and the data that the compose file names. */
import { dirname, join } from "node:path";
import {
  CACHE_DIR,
  deathSignal,
  findRedis,
  launchServer,
  postgresRecipe,
  type ServerLife,
  type ServerPlan,
} from "@flashgate/local";
import pg from "pg";
import type { ComposeService } from "./compose-file.ts";
import { becomesHealthy } from "./health.ts";
import { HOST } from "./places.ts";

const PROBE_MS_MAX = 1_000;
/** Where the image starts its server. */
const REDIS_DATA = "/data";

export interface StoreParts {
  readonly service: ComposeService;
  /** Its words and settings, told where things are here. */
  readonly told: (text: string) => string;
  readonly secret: (file: string) => string;
  readonly port: number;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** The Postgres of local, with the image's superuser and database, and the command's flags. */
export async function startPostgres({
  service,
  told,
  secret,
  port,
  folder,
  env,
  signal,
}: StoreParts): Promise<ServerLife> {
  const { POSTGRES_USER: user, POSTGRES_DB: database, POSTGRES_PASSWORD_FILE: file } = service.environment;
  if (!user || !database || !file)
    throw new Error("the postgres of the compose file names no user, database or password");
  const password = secret(told(file));
  const recipe = await postgresRecipe({ dataDir: folder, password, durable: true, env }, signal);
  const plan = recipe.plan(port);
  const [, ...flags] = service.command;
  const dataFolder = plan.command[plan.command.length - 1] as string;
  const command: ServerPlan["command"] = [...plan.command.slice(0, -2), ...flags.map(told), "-D", dataFolder];
  const life = await launchServer({ ...plan, command, stopSignal: service.stop_signal ?? "SIGTERM" }, signal);
  try {
    await makeSuperuser(recipe.url(port), user, password, database);
    return life;
  } catch (error) {
    await life.end();
    throw error;
  }
}

/** What the image does when it makes its data folder. */
async function makeSuperuser(url: string, user: string, password: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const [name, secret] = [pg.escapeIdentifier(user), pg.escapeLiteral(password)];
    await client.query(`CREATE ROLE ${name} SUPERUSER LOGIN PASSWORD ${secret}`);
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${name}`);
  } finally {
    await client.end();
  }
}

/** A Redis with the command's flags and ACL file, ready when the compose file's own check says so. */
export async function startRedis({ service, told, port, folder, env, signal }: StoreParts): Promise<ServerLife> {
  const program = await findRedis(env, CACHE_DIR, signal);
  const wrapper = await deathSignal("SIGTERM", env);
  const [, ...flags] = service.command;
  // its tools are beside it
  const probeEnv = { ...program.env, PATH: `${dirname(program.file)}:${env["PATH"] ?? ""}` };
  const check = service.healthcheck?.test.map(told) ?? [];
  return launchServer(
    {
      name: "redis",
      logFile: join(folder, "redis.log"),
      command: [
        ...wrapper,
        program.file,
        ...flags.map(told),
        "--bind",
        HOST,
        "--port",
        String(port),
        "--dir",
        told(REDIS_DATA),
      ],
      env: program.env,
      account: undefined,
      stopSignal: service.stop_signal ?? "SIGTERM",
      prepare: async () => undefined,
      isReady: () =>
        becomesHealthy({ test: check, timeout: PROBE_MS_MAX }, probeEnv, { isRunning: () => true, timeoutMs: 0 }),
    },
    signal,
  );
}
