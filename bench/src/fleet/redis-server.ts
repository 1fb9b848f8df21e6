import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { CACHE_DIR, freePort, redisRecipe } from "@flashgate/local";
import { Redis } from "ioredis";
import { StoreServer } from "./store-server.ts";

const COPY_TRIES_MAX = 20;

/** Where a Redis keeps what it has, and how it is let in. */
export interface RedisPlace {
  readonly dataDir: string;
  readonly password: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Some fields of INFO. */
export type RedisFacts = Readonly<Record<string, string>>;

/** A Redis of the siege: each write is on disk before its answer, and its data can be lost, copied and put back. */
export class RedisServer extends StoreServer {
  readonly #folder: string;
  readonly #aof: string;
  #admin: Redis | null = null;

  static async prepare(place: RedisPlace, onDied: (how: string) => void): Promise<RedisServer> {
    const { dataDir, password, env } = place;
    const settings = { dataDir, password, env, cacheDir: CACHE_DIR, durable: true, users: [] };
    const recipe = await redisRecipe(settings, new AbortController().signal);
    return new RedisServer(recipe, await freePort(undefined), onDied, join(dataDir, "redis"));
  }

  private constructor(
    recipe: Awaited<ReturnType<typeof redisRecipe>>,
    port: number,
    onDied: (how: string) => void,
    folder: string,
  ) {
    super(recipe, port, onDied);
    this.#folder = folder;
    this.#aof = join(folder, "appendonlydir");
  }

  /** A connection past every proxy; its commands fail at once while the server is down. */
  get admin(): Redis {
    this.#admin ??= quiet(
      new Redis(this.url, { maxRetriesPerRequest: 0, enableOfflineQueue: true, commandTimeout: 3_000, retryStrategy }),
    );
    return this.#admin;
  }

  async facts(section: string): Promise<RedisFacts> {
    const info = await this.admin.info(section);
    return Object.fromEntries(info.split("\r\n").map((line) => line.split(":", 2) as [string, string]));
  }

  /** Takes away all its data; it must be down. */
  wipe(): void {
    for (const name of ["appendonlydir", "dump.rdb"]) {
      rmSync(join(this.#folder, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** Copies what is on its disk while it runs. Taken anew when a rewrite of the log went on meanwhile. */
  copyTo(folder: string): void {
    for (let tries = 1; tries <= COPY_TRIES_MAX; tries += 1) {
      rmSync(folder, { recursive: true, force: true });
      const before = this.#manifest();
      if (tryCopy(this.#aof, folder) && before === this.#manifest()) return;
    }
    throw new Error("the log of Redis was rewritten each time it was copied");
  }

  /** Puts a copy in place of its data; it must be down. */
  restore(copy: string): void {
    this.wipe();
    cpSync(copy, this.#aof, { recursive: true });
  }

  /** Copies another server, through whatever stands at `port`, from now on. */
  async follow(port: number, password: string): Promise<void> {
    await this.admin.config("SET", "masterauth", password);
    await this.admin.replicaof("127.0.0.1", port);
  }

  /** Whether it has all that the server it follows had, on its own disk too. */
  async isInSync(): Promise<boolean> {
    const [replication, persistence] = [await this.facts("replication"), await this.facts("persistence")];
    const linked = replication["master_link_status"] === "up" && replication["master_sync_in_progress"] === "0";
    const written = ["aof_rewrite_in_progress", "aof_rewrite_scheduled"].every((name) => persistence[name] === "0");
    return linked && written && persistence["aof_enabled"] === "1";
  }

  async promote(): Promise<void> {
    await this.admin.replicaof("NO", "ONE");
  }

  /** Leaves so many bytes of memory beyond what is used; null: no limit. */
  async limitMemory(spareBytes: number | null): Promise<void> {
    const used = spareBytes === null ? 0 : Number((await this.facts("memory"))["used_memory"]) + spareBytes;
    await this.admin.config("SET", "maxmemory", String(used));
  }

  /** No file may outgrow the largest it has now by more than `spareBytes` in this life. Whether the system can do that. */
  limitFiles(spareBytes: number): boolean {
    const sizes = readdirSync(this.#aof).map((name) => statSync(join(this.#aof, name)).size);
    return this.capFiles(Math.max(0, ...sizes) + spareBytes);
  }

  /** No file may be written past so many bytes in this life, nor by its children; null: no limit. Whether that can be done. */
  capFiles(bytes: number | null): boolean {
    // the soft limit alone: a hard one could not be taken back
    const limit = `--fsize=${bytes ?? "unlimited"}:unlimited`;
    return spawnSync("prlimit", ["--pid", String(this.pid), limit]).status === 0;
  }

  override async stop(): Promise<void> {
    this.#admin?.disconnect();
    await super.stop();
  }

  #manifest(): string {
    const file = join(this.#aof, "appendonly.aof.manifest");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }
}

const retryStrategy = (): number => 50;

function quiet(redis: Redis): Redis {
  redis.on("error", () => undefined);
  return redis;
}

/** A file that is listed may be gone a moment later: the log has moved on. */
function tryCopy(from: string, to: string): boolean {
  try {
    cpSync(from, to, { recursive: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
