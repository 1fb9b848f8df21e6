import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { Fleet } from "../fleet/fleet.ts";
import type { Service } from "../fleet/service-process.ts";
import { until } from "../fleet/until.ts";
import { Stores } from "../siege/stores.ts";
import { HeldHour } from "./held-hour.ts";
import { openLongSale } from "./long-sale.ts";
import { Trickle } from "./trickle.ts";
import { WatchTower } from "./watch-tower.ts";

const PROGRAM = fileURLToPath(new URL("../../../cli/bin/flashgate.js", import.meta.url));
const READY_MS_MAX = 60_000;
/** The first scrapes, and the first look at everything. */
const CALM_MS_MAX = 90_000;

export interface StageOptions {
  readonly folder: string;
  readonly secret: string;
  readonly opsToken: string;
  readonly env: NodeJS.ProcessEnv;
  readonly count: Readonly<Record<Service, number>>;
  /** Whether the sale of this hour is kept from being made until somebody lets go. */
  readonly holdHour: boolean;
  /** Null: the alerts as they ship. */
  readonly forSecondsMax: number | null;
}

interface Parts {
  readonly options: StageOptions;
  readonly fleet: Fleet;
  readonly stores: Stores;
  readonly database: pg.Client;
}

/** What the runbook's command said, and how it ended. */
export interface Said {
  readonly code: number;
  readonly output: string;
}

/** A whole deployment that sells a little, watched as in production, for those who do it harm. */
export class Stage {
  readonly fleet: Fleet;
  readonly stores: Stores;
  /** The database, as its owner. */
  readonly database: pg.Client;
  readonly hour: HeldHour | null;
  readonly saleId: string;
  readonly itemId: string;
  readonly tower: WatchTower;
  readonly #options: StageOptions;
  readonly #trickle: Trickle;

  /** Resolves once the sale sells and Prometheus hears of everybody. Throws when it does not come to that; nothing is left then. */
  static async start(options: StageOptions): Promise<Stage> {
    const { folder, secret, env, opsToken, count } = options;
    const died: string[] = [];
    const fleet = await Fleet.start({
      ...{ folder, secret, count, skewMs: {} },
      env: { ...env, OPS_TOKEN: opsToken },
      onStoreDied: (store, how) => died.push(`${store} ${how}`),
    });
    const stores = new Stores(fleet);
    const database = new pg.Client({ connectionString: fleet.postgres.url });
    database.on("error", () => undefined);
    try {
      return await Stage.#set({ options, fleet, stores, database });
    } catch (error) {
      await stores.close();
      await database.end().catch(() => undefined);
      await fleet.stop();
      throw died.length > 0 ? new Error(`${died.join(", ")}: ${String(error)}`) : error;
    }
  }

  static async #set(parts: Parts): Promise<Stage> {
    const { options, fleet, stores, database } = parts;
    await database.connect();
    // before a scheduler has come up: it would make the sale at once
    const hour = options.holdHour ? await HeldHour.take(fleet.postgres.url) : null;
    const ready = () => fleet.slots.every(({ process }) => process.isReady);
    if (!(await until(ready, READY_MS_MAX))) throw new Error("not every process got ready: see the logs");
    const { saleId, itemIds } = await openLongSale(stores, fleet.apiUrls[0] ?? "");
    const tower = await WatchTower.start({ ...options, fleet });
    const trickle = new Trickle(fleet.apiUrls, saleId);
    const stage = new Stage({ ...parts, hour, saleId, itemId: itemIds[0] ?? "", tower, trickle });
    trickle.start();
    if (await until(async () => (await tower.prometheus.silentTargets()).length === 0, CALM_MS_MAX)) return stage;
    const silent = await tower.prometheus.silentTargets();
    await trickle.stop();
    await tower.stop();
    throw new Error(`Prometheus cannot scrape ${silent.join(", ")}`);
  }

  private constructor(
    parts: Parts & {
      readonly hour: HeldHour | null;
      readonly saleId: string;
      readonly itemId: string;
      readonly tower: WatchTower;
      readonly trickle: Trickle;
    },
  ) {
    this.fleet = parts.fleet;
    this.stores = parts.stores;
    this.database = parts.database;
    this.hour = parts.hour;
    this.saleId = parts.saleId;
    this.itemId = parts.itemId;
    this.tower = parts.tower;
    this.#options = parts.options;
    this.#trickle = parts.trickle;
  }

  /** Runs a command of the runbook as an operator would, on this deployment. */
  async flashgate(...args: readonly string[]): Promise<Said> {
    const { active, postgres } = this.fleet;
    const env = { ...this.#options.env, DATABASE_URL: postgres.url, REDIS_URL: active.url, NO_COLOR: "1" };
    const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const [code] = await once(child, "close");
    return { code, output };
  }

  /** One request to an api, of a shopper. */
  async shop(method: "GET" | "POST", path: string, userId: string, body?: unknown): Promise<Response> {
    return fetch(`${this.fleet.apiUrls[0]}${path}`, {
      method,
      headers: { "x-user-id": userId, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async stop(): Promise<void> {
    for (const { process } of this.fleet.slots) process.thaw();
    await this.#trickle.stop();
    await this.tower.stop();
    await this.hour?.letGo();
    await this.database.end();
    await this.stores.close();
    await this.fleet.stop();
  }
}
