import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CACHE_DIR, findNginx } from "@flashgate/local";
import { type ComposeFile, type ComposeService, environmentOf } from "./compose-file.ts";
import type { HealthCheck } from "./health.ts";
import type { Image } from "./image.ts";
import { NGINX_CONF } from "./layout.ts";
import { listenersOf, listeningOn } from "./nginx-settings.ts";
import { HOST, type Places } from "./places.ts";
import type { ProcessPlan } from "./plain-process.ts";
import type { StoreParts } from "./stores.ts";

export interface PlansParts {
  readonly compose: ComposeFile;
  readonly image: Image;
  readonly places: Places;
  /** Of the project. */
  readonly root: string;
  /** For data, secrets and logs. */
  readonly folder: string;
  /** What the compose file's variables are filled in with, and where programs are found. */
  readonly env: NodeJS.ProcessEnv;
  /** Put before a command, so that its process ends with this one. */
  readonly wrapper: readonly string[];
}

/** Settings that say what browsers open, which is nowhere in here. */
const FOR_BROWSERS: ReadonlySet<string> = new Set(["GRAFANA_URL", "OPS_PUBLIC_URL"]);

/** What an engine would hand on of the environment it runs in. */
const ALWAYS = ["PATH", "HOME", "TMPDIR", "LANG"];

/** How to run each service of a compose file here: as the file says, with nothing changed but where things are. */
export class Plans {
  readonly #parts: PlansParts;

  constructor(parts: PlansParts) {
    this.#parts = parts;
  }

  service(name: string): ComposeService {
    const service = this.#parts.compose.services[name];
    if (!service) throw new Error(`the compose file has no service ${name}`);
    return service;
  }

  /** The settings of a service, as its process here has them. */
  settingsOf(name: string): Record<string, string> {
    const settings = Object.entries(environmentOf(this.service(name), this.#parts.env));
    return Object.fromEntries(settings.map(([key, value]) => [key, this.#setting(name, key, value)]));
  }

  /** A process of this project. */
  own(name: string): ProcessPlan {
    const { image, places } = this.#parts;
    const { entrypoint = image.entrypoint, command } = this.service(name);
    const [program = "", ...words] = [...entrypoint, ...command].map((word) => places.told(name, word));
    const env = { ...this.inherited(), ...image.env, ...this.settingsOf(name) };
    return this.#plan(name, [program === "node" ? process.execPath : program, ...words], env);
  }

  /** The nginx of this machine, with the configuration that is mounted. */
  async nginx(name: string, signal: AbortSignal): Promise<ProcessPlan> {
    const { places, env, folder } = this.#parts;
    const program = await findNginx(env, CACHE_DIR, signal);
    const conf = join(folder, "nginx.conf");
    const there = places.told(name, this.#nginxConf(name));
    writeFileSync(
      conf,
      listeningOn(there, HOST, (port) => places.port(name, port)),
    );
    const { entrypoint = [], command } = this.service(name);
    const [, ...words] = [...entrypoint, ...command];
    return this.#plan(name, [program.file, ...words, "-p", folder, "-c", conf], program.env);
  }

  store(name: string, signal: AbortSignal): StoreParts {
    const { places, folder, env } = this.#parts;
    return {
      service: this.service(name),
      told: (text) => places.told(name, text),
      secret: (file) => readFileSync(file, "utf8").trim(),
      port: places.onlyPort(name),
      folder,
      env,
      signal,
    };
  }

  /** The check of a service, if it has one. */
  healthCheck(name: string): HealthCheck | null {
    const { healthcheck } = this.service(name);
    return healthcheck && { ...healthcheck, test: healthcheck.test.map((word) => this.#parts.places.told(name, word)) };
  }

  /** Where an nginx is reached, with TLS or without. */
  door(name: string, scheme: "http" | "https"): string {
    const listener = listenersOf(this.#nginxConf(name)).find(({ tls }) => tls === (scheme === "https"));
    return `${scheme}://${HOST}:${this.#parts.places.port(name, listener?.port ?? 0)}`;
  }

  opsUrl(name: string): string {
    return `http://${HOST}:${this.settingsOf(name)["OPS_PORT"]}`;
  }

  /** What every process is handed of this one's environment. */
  inherited(): NodeJS.ProcessEnv {
    const { env } = this.#parts;
    return Object.fromEntries(ALWAYS.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  }

  #nginxConf(name: string): string {
    return readFileSync(this.#parts.places.path(name, NGINX_CONF), "utf8");
  }

  #plan(name: string, command: readonly string[], env: NodeJS.ProcessEnv): ProcessPlan {
    const { root, folder, wrapper } = this.#parts;
    const { stop_signal: stopSignal = "SIGTERM", stop_grace_period: graceMs } = this.service(name);
    const [file = "", ...args] = [...wrapper, ...command];
    return { name, file, args, env, folder: root, logFile: join(folder, "logs", `${name}.log`), stopSignal, graceMs };
  }

  /** A port or a host to listen on is a setting of its own; all others hold the names of places. */
  #setting(name: string, key: string, value: string): string {
    const { places } = this.#parts;
    if (FOR_BROWSERS.has(key)) return value;
    if (key === "PORT" || key === "OPS_PORT") return String(places.port(name, Number(value)));
    if (key === "HOST" || key === "OPS_HOST") return HOST;
    return places.told(name, value);
  }
}
