import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "@flashgate/drizzle";
import { deathSignal, freePort } from "@flashgate/local";
import { FaultProxy } from "./fault-proxy.ts";
import { preparePostgres } from "./postgres-server.ts";
import { RedisServer } from "./redis-server.ts";
import { SERVICES, type Service, ServiceProcess } from "./service-process.ts";
import { skewedClock } from "./skewed-clock.ts";
import type { StoreServer } from "./store-server.ts";

export type StoreName = "redis" | "postgres";

export interface FleetOptions {
  /** Holds all data and logs; made where missing. */
  readonly folder: string;
  /** Processes of each service, or how many of each. */
  readonly count: number | Readonly<Record<Service, number>>;
  /** Signs tickets, and lets into the stores. */
  readonly secret: string;
  readonly env: NodeJS.ProcessEnv;
  /** Wrong clocks, by process name, in milliseconds. */
  readonly skewMs: Readonly<Record<string, number>>;
  /** A store ended though nobody had asked for it. */
  readonly onStoreDied: (store: string, how: string) => void;
}

/** One process with its own paths to the stores. */
export interface Slot {
  readonly name: string;
  readonly service: Service;
  readonly process: ServiceProcess;
  readonly paths: Readonly<Record<StoreName, FaultProxy>>;
  /** Where an api answers, whatever life it is in. */
  readonly url: string | null;
  /** Where it answers operators, whatever life it is in. */
  readonly opsPort: number;
}

/**
 * A whole deployment on one machine: real processes, real stores that write before they answer, and a path of its own
 * from each process to each store. Of the two Redis servers one is `active`, the other is down until a promotion.
 */
export class Fleet {
  readonly postgres: StoreServer;
  readonly slots: readonly Slot[];
  /** The path on which one Redis copies the other. */
  readonly replication: FaultProxy;
  readonly password: string;
  #active: RedisServer;
  #spare: RedisServer;

  /** Starts the stores, makes the schema, starts the processes. Throws when a store cannot be started; nothing is left then. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const { folder, secret: password, env, onStoreDied } = options;
    const died = (store: string) => (how: string) => onStoreDied(store, how);
    const place = (name: string) => ({ dataDir: makeFolder(folder, name), password, env: withoutStores(env) });
    const active = await RedisServer.prepare(place("redis-a"), died("redis-a"));
    const spare = await RedisServer.prepare(place("redis-b"), died("redis-b"));
    const postgres = await preparePostgres(place("postgres"), died("postgres"));
    try {
      await Promise.all([active.start(), postgres.start()]);
      await migrate(postgres.url);
      const ports = { redis: active.port, postgres: postgres.port };
      const slots = await makeSlots(options, ports, { redis: active.url, postgres: postgres.url });
      const replication = await FaultProxy.listen(active.port);
      const fleet = new Fleet({ active, spare, postgres, slots, replication, password });
      for (const { process } of slots) process.start();
      return fleet;
    } catch (error) {
      await Promise.all([active.stop(), spare.stop(), postgres.stop()]);
      throw error;
    }
  }

  private constructor(parts: {
    readonly active: RedisServer;
    readonly spare: RedisServer;
    readonly postgres: StoreServer;
    readonly slots: readonly Slot[];
    readonly replication: FaultProxy;
    readonly password: string;
  }) {
    this.#active = parts.active;
    this.#spare = parts.spare;
    this.postgres = parts.postgres;
    this.slots = parts.slots;
    this.replication = parts.replication;
    this.password = parts.password;
  }

  /** The Redis that counts. */
  get active(): RedisServer {
    return this.#active;
  }

  get spare(): RedisServer {
    return this.#spare;
  }

  get apiUrls(): readonly string[] {
    return this.slots.flatMap(({ url }) => url ?? []);
  }

  of(service: Service): readonly Slot[] {
    return this.slots.filter((slot) => slot.service === service);
  }

  /** The other Redis counts from now on; the processes of `slots` are led there. */
  exchange(slots: readonly Slot[]): void {
    [this.#active, this.#spare] = [this.#spare, this.#active];
    this.lead(slots);
  }

  /** Leads these processes to the active Redis. */
  lead(slots: readonly Slot[]): void {
    for (const { paths } of slots) paths.redis.leadTo(this.#active.port);
  }

  /** Every store up, every process running, every path whole. */
  async heal(): Promise<void> {
    await Promise.all(this.slots.flatMap(({ paths }) => [paths.redis.heal(), paths.postgres.heal()]));
    await this.replication.heal();
    for (const { process } of this.slots) process.thaw();
    for (const store of [this.postgres, this.#active]) {
      store.thaw();
      await store.start();
    }
  }

  /** Ends everything; resolves once no process is left. */
  async stop(): Promise<void> {
    await Promise.all(this.slots.flatMap(({ paths }) => [paths.redis.heal(), paths.postgres.heal()]));
    for (const service of SERVICES) await Promise.all(this.of(service).map(({ process }) => process.stop()));
    const proxies = [this.replication, ...this.slots.flatMap(({ paths }) => [paths.redis, paths.postgres])];
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await Promise.all([this.postgres.stop(), this.#active.stop(), this.#spare.stop()]);
  }
}

type ByStore<Value> = Readonly<Record<StoreName, Value>>;

async function makeSlots(
  { folder, count, secret, env, skewMs }: FleetOptions,
  ports: ByStore<number>,
  urls: ByStore<string>,
): Promise<Slot[]> {
  const wrapper = await deathSignal("SIGKILL", env);
  const logs = makeFolder(folder, "logs");
  const slots: Slot[] = [];
  const port = distinctPorts();
  for (const service of SERVICES) {
    const processes = typeof count === "number" ? count : count[service];
    for (let number = 1; number <= processes; number += 1) {
      const name = `${service}-${number}`;
      const paths = { redis: await FaultProxy.listen(ports.redis), postgres: await FaultProxy.listen(ports.postgres) };
      const publicPort = service === "api" ? await port() : null;
      const opsPort = await port();
      const skew = skewMs[name];
      const own = {
        REDIS_URL: through(urls.redis, paths.redis),
        DATABASE_URL: through(urls.postgres, paths.postgres),
        TICKET_SECRET: secret,
        LOG_LEVEL: "warn",
        OPS_PORT: String(opsPort),
        HOST: "127.0.0.1",
        ...(publicPort === null ? {} : { PORT: String(publicPort) }),
        ...(skew === undefined ? {} : { NODE_OPTIONS: skewedClock(skew) }),
      };
      const process = new ServiceProcess({
        name,
        service,
        env: { ...withoutStores(env), ...own },
        wrapper,
        logFile: join(logs, `${name}.log`),
      });
      const url = publicPort === null ? null : `http://127.0.0.1:${publicPort}`;
      slots.push({ name, service, process, paths, url, opsPort });
    }
  }
  return slots;
}

/** Free ports, each another one: nobody listens on them yet. */
function distinctPorts(): () => Promise<number> {
  const given = new Set<number>();
  return async () => {
    let port = await freePort(undefined);
    while (given.has(port)) port = await freePort(undefined);
    given.add(port);
    return port;
  };
}

/** Where this runs as root, Postgres runs as somebody else, who must get in. */
function makeFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  for (const each of [parent, folder]) chmodSync(each, 0o711);
  return folder;
}

/** The same server by another way. */
function through(url: string, { port }: FaultProxy): string {
  const there = new URL(url);
  there.port = String(port);
  return there.href;
}

/** What is set for somebody else's run is not meant for this one. */
export function withoutStores(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = new Set([
    "DATABASE_URL",
    "REDIS_URL",
    "REDIS_QUEUE_URL",
    "PORT",
    "OPS_PORT",
    "TICKET_SECRET",
    "NODE_OPTIONS",
    "NODE_ENV",
  ]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.has(name)));
}
