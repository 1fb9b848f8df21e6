import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { deathSignal, type ServerLife } from "@flashgate/local";
import { readComposeFile, startOrder } from "./compose-file.ts";
import { becomesHealthy } from "./health.ts";
import { readImage } from "./image.ts";
import { kindOf, layOut } from "./layout.ts";
import { type Ending, PlainProcess, type ProcessPlan } from "./plain-process.ts";
import { Plans, type PlansParts } from "./plans.ts";
import { startPostgres, startRedis } from "./stores.ts";

export type TopologyOptions = Pick<PlansParts, "root" | "folder" | "env">;

const READY_MS_MAX = 60_000;

/**
 * What a compose file describes, without an engine: each service of this project with the same command and settings as a
 * plain process, the stores and nginx in the place of their images, each started when what it depends on is ready, and all
 * stopped in the opposite order. Nothing of it is said twice: what the file says is what runs.
 */
export class Topology {
  readonly plans: Plans;
  /** The services that run, and those for which nothing stands in. */
  readonly names: { readonly running: readonly string[]; readonly leftOut: readonly string[] };
  readonly #folder: string;
  readonly #processes = new Map<string, PlainProcess>();
  readonly #stores = new Map<string, ServerLife>();
  readonly #abort = new AbortController();

  /** Starts everything; resolves once every service is as healthy as its check wants it. Nothing is left when it throws. */
  static async start(options: TopologyOptions): Promise<Topology> {
    const { root, folder, env } = options;
    const compose = readComposeFile(join(root, "docker-compose.yml"), env);
    const secretsDir = join(folder, "secrets");
    mkdirSync(join(folder, "logs"), { recursive: true });
    // where this runs as root, servers run as somebody else, who must get in
    chmodSync(folder, 0o711);
    await promisify(execFile)(join(root, "deploy/secrets.sh"), [secretsDir], { env });
    const places = await layOut({ compose, root, folder, secretsDir });
    const wrapper = await deathSignal("SIGTERM", env);
    const image = readImage(join(root, "Dockerfile"));
    const topology = new Topology({ ...options, compose, image, places, wrapper });
    try {
      await topology.#startAll();
      return topology;
    } catch (error) {
      await topology.end();
      throw error;
    }
  }

  private constructor(parts: PlansParts) {
    const { services } = parts.compose;
    const [leftOut, wanted] = [true, false].map((out) =>
      Object.entries(services).flatMap(([name, service]) => ((kindOf(service) === "left_out") === out ? [name] : [])),
    );
    this.plans = new Plans(parts);
    this.names = { running: startOrder(services, wanted ?? []), leftOut: leftOut ?? [] };
    this.#folder = parts.folder;
  }

  secret(name: string): string {
    return readFileSync(join(this.#folder, "secrets", name), "utf8").trim();
  }

  /** What a service wrote. */
  logOf(name: string): string {
    return readFileSync(join(this.#folder, "logs", `${name}.log`), "utf8");
  }

  /** Stops a process as an engine would. */
  stop(name: string): Promise<Ending> {
    const process = this.#processes.get(name);
    if (!process) throw new Error(`${name} is no process that was started`);
    return process.stop();
  }

  /** Starts a service, also one that has ended; resolves once it is healthy, and a process without a check has done its work. */
  async start(name: string): Promise<void> {
    const kind = kindOf(this.plans.service(name));
    const { signal } = this.#abort;
    switch (kind) {
      case "postgres":
        return void this.#stores.set(name, await startPostgres(this.plans.store(name, signal)));
      case "redis":
        return void this.#stores.set(name, await startRedis(this.plans.store(name, signal)));
      case "nginx":
        return this.#run(await this.plans.nginx(name, signal));
      case "own":
        return this.#run(this.plans.own(name));
      case "left_out":
        throw new Error(`nothing stands in for ${name}`);
      default:
        return kind satisfies never;
    }
  }

  /** Stops everything, each after those that depend on it; how each ended that ran. */
  async end(): Promise<Ending[]> {
    this.#abort.abort();
    const endings: Ending[] = [];
    const stopped = new Map<string, Promise<void>>();
    for (const name of this.names.running.toReversed()) {
      const dependents = this.names.running.filter((each) => name in this.plans.service(each).depends_on);
      const before = dependents.map((each) => stopped.get(each));
      const stop = Promise.all(before).then(() => this.#endOf(name));
      stopped.set(
        name,
        stop.then((ending) => void (ending && endings.push(ending))),
      );
    }
    await Promise.all(stopped.values());
    return endings;
  }

  async #endOf(name: string): Promise<Ending | null> {
    const process = this.#processes.get(name);
    if (process) return process.isRunning ? process.stop() : null;
    const store = this.#stores.get(name);
    if (!store) return null;
    const startedMs = performance.now();
    await store.end();
    const graceMs = this.plans.service(name).stop_grace_period;
    return { name, tookMs: performance.now() - startedMs, graceMs, how: await store.ended };
  }

  async #startAll(): Promise<void> {
    const started = new Map<string, Promise<void>>();
    for (const name of this.names.running) {
      const before = Object.keys(this.plans.service(name).depends_on).map((each) => started.get(each));
      started.set(
        name,
        Promise.all(before).then(() => this.start(name)),
      );
    }
    // all of them, so that none is still starting when the first fault is told
    const results = await Promise.allSettled(started.values());
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  async #run(plan: ProcessPlan): Promise<void> {
    const process = new PlainProcess(plan);
    this.#processes.set(plan.name, process);
    const check = this.plans.healthCheck(plan.name);
    if (!check) return process.succeeded();
    const isRunning = () => process.isRunning;
    if (await becomesHealthy(check, plan.env, { isRunning, timeoutMs: READY_MS_MAX })) return;
    throw process.fault(process.isRunning ? "does not become healthy" : await process.ended);
  }
}
