import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CACHE_DIR,
  deathSignal,
  findMonitoring,
  freePort,
  launchServer,
  type MonitoringProgram,
  type ServerLife,
} from "@flashgate/local";
import type { Fleet } from "../fleet/fleet.ts";
import { SERVICES } from "../fleet/service-process.ts";
import { Prometheus } from "./prometheus.ts";
import { adaptedConfig, SHIPPED, shortenedAlerts } from "./shipped.ts";

const HOST = "127.0.0.1";
/** Most programs say that they are well in next to no time; this one reads its own log first. */
const PROBE_MS_MAX = 2_000;

export interface TowerOptions {
  readonly fleet: Fleet;
  /** Made already; holds configurations, data and logs. */
  readonly folder: string;
  readonly opsToken: string;
  readonly env: NodeJS.ProcessEnv;
  /** Null: the alerts as they ship. Else with no `for` longer than this. */
  readonly forSecondsMax: number | null;
}

interface Program {
  readonly name: MonitoringProgram;
  readonly port: number;
  readonly args: readonly [...string[], string];
  readonly settings: NodeJS.ProcessEnv;
  readonly probe: string;
}

/** Those who watch a fleet: Prometheus with the shipped configuration, and the exporters of Redis and Postgres. */
export class WatchTower {
  readonly prometheus: Prometheus;
  readonly #options: TowerOptions;
  readonly #redisExporter: Program;
  readonly #lives = new Map<MonitoringProgram, ServerLife>();

  /** Resolves once Prometheus answers. Throws when one of them cannot be had; nothing is left then. */
  static async start(options: TowerOptions): Promise<WatchTower> {
    const [redis, postgres] = [await redisExporter(options.fleet), await postgresExporter(options.fleet)];
    const own = await freePort(undefined);
    const tower = new WatchTower(options, own, redis);
    try {
      await tower.#launch(redis);
      await tower.#launch(postgres);
      await tower.#launch(prometheusOn(own, options, { redis: redis.port, postgres: postgres.port }));
      return tower;
    } catch (error) {
      await tower.stop();
      throw error;
    }
  }

  private constructor(options: TowerOptions, port: number, redisExporter: Program) {
    this.#options = options;
    this.#redisExporter = redisExporter;
    this.prometheus = new Prometheus(`http://${HOST}:${port}`);
  }

  /** Nobody tells of Redis any more. */
  async stopRedisExporter(): Promise<void> {
    const { name } = this.#redisExporter;
    await this.#lives.get(name)?.end();
    this.#lives.delete(name);
  }

  async startRedisExporter(): Promise<void> {
    if (!this.#lives.has(this.#redisExporter.name)) await this.#launch(this.#redisExporter);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#lives.values()].map((life) => life.end()));
    this.#lives.clear();
  }

  async #launch({ name, port, args, settings, probe }: Program): Promise<void> {
    const { folder, env } = this.#options;
    const { signal } = new AbortController();
    const program = await findMonitoring(name, env, CACHE_DIR, signal);
    const life = await launchServer(
      {
        name,
        logFile: join(folder, `${name}.log`),
        command: [...(await deathSignal("SIGKILL", env)), program.file, ...args],
        env: { ...program.env, ...settings },
        account: undefined,
        stopSignal: "SIGTERM",
        prepare: async () => undefined,
        isReady: () => answers(`http://${HOST}:${port}${probe}`),
      },
      signal,
    );
    this.#lives.set(name, life);
  }
}

async function redisExporter({ active, password }: Fleet): Promise<Program> {
  const port = await freePort(undefined);
  return {
    name: "prometheus-redis-exporter",
    port,
    args: ["-web.listen-address", `${HOST}:${port}`],
    settings: { REDIS_ADDR: `redis://${HOST}:${active.port}`, REDIS_PASSWORD: password },
    probe: "/metrics",
  };
}

async function postgresExporter({ postgres }: Fleet): Promise<Program> {
  const port = await freePort(undefined);
  return {
    name: "prometheus-postgres-exporter",
    port,
    args: [`--web.listen-address=${HOST}:${port}`],
    settings: { DATA_SOURCE_NAME: `${postgres.url}?sslmode=disable` },
    probe: "/metrics",
  };
}

function prometheusOn(
  port: number,
  { fleet, folder, opsToken, forSecondsMax }: TowerOptions,
  exporters: { readonly redis: number; readonly postgres: number },
): Program {
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const alerts =
    forSecondsMax === null
      ? SHIPPED.alerts
      : file("alerts.yml", shortenedAlerts(readFileSync(SHIPPED.alerts, "utf8"), forSecondsMax));
  const ofFleet = SERVICES.map((service) => [service, fleet.of(service).map(({ opsPort }) => `${HOST}:${opsPort}`)]);
  const config = adaptedConfig(readFileSync(SHIPPED.config, "utf8"), {
    targets: {
      ...Object.fromEntries(ofFleet),
      redis: [`${HOST}:${exporters.redis}`],
      postgres: [`${HOST}:${exporters.postgres}`],
      prometheus: [`${HOST}:${port}`],
    },
    tokenFile: file("ops-token", opsToken),
    ruleFiles: [SHIPPED.recording, alerts],
  });
  return {
    name: "prometheus",
    port,
    args: [
      `--config.file=${file("prometheus.yml", config)}`,
      `--storage.tsdb.path=${join(folder, "prometheus-data")}`,
      `--web.listen-address=${HOST}:${port}`,
      "--log.level=warn",
    ],
    settings: {},
    probe: "/-/ready",
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS_MAX) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
