/** The servers of one data folder: started together, remembered in its `local.json`, stopped together. */
import { randomBytes } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LocalServicesError } from "./local-services-error.ts";
import { takeLock } from "./lock.ts";
import type { StartRequest } from "./messages.ts";
import { postgresRecipe } from "./postgres-server.ts";
import { redisRecipe } from "./redis-server.ts";
import type { ServerRecipe } from "./server-launch.ts";
import type { ServerEvents } from "./server-process.ts";
import { type StartedServer, startServer } from "./server-start.ts";
import { type LocalFile, type LocalServers, readLocalFile, type ServerName, writeLocalFile } from "./state.ts";

export interface PrivateServersEvents {
  /** A server was restarted. */
  readonly onChanged: (servers: LocalServers) => void;
  /** A server cannot be kept running. */
  readonly onLost: (reason: string) => void;
}

export class PrivateServers {
  readonly #request: StartRequest;
  readonly #env: NodeJS.ProcessEnv;
  readonly #events: PrivateServersEvents;
  readonly #file: LocalFile;
  readonly #started = new Map<ServerName, StartedServer>();

  /**
   * Takes the folder and starts what the request asks for.
   * Throws the first failure, or the reason for which `signal` aborted, after stopping what had started.
   */
  static async start(
    request: StartRequest,
    env: NodeJS.ProcessEnv,
    events: PrivateServersEvents,
    signal: AbortSignal,
  ): Promise<PrivateServers> {
    await takeLock(request.dataDir, signal);
    const servers = new PrivateServers(request, env, events);
    try {
      await servers.#startAll(signal);
      return servers;
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  private constructor(request: StartRequest, env: NodeJS.ProcessEnv, events: PrivateServersEvents) {
    this.#request = request;
    this.#env = env;
    this.#events = events;
    this.#file = recall(request.dataDir);
  }

  /** What runs now, and what was given. */
  describe(): LocalServers {
    const given = Object.entries(this.#request.externalUrls);
    return Object.fromEntries([
      ...given.map(([name, url]) => [name, { kind: "external", url }]),
      ...[...this.#started].map(([name, server]) => [name, server.describe()]),
    ]);
  }

  /** Idempotent. Resolves once no process of theirs is left. */
  async stop(): Promise<void> {
    const { dataDir, disposable } = this.#request;
    await Promise.all([...this.#started.values()].map((server) => server.stop()));
    if (disposable) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    else writeLocalFile(dataDir, this.#remembered());
  }

  async #startAll(signal: AbortSignal): Promise<void> {
    // the password must be on disk before anything is made that nothing else opens
    writeLocalFile(this.#request.dataDir, this.#file);
    const failure = new AbortController();
    const cancelled = AbortSignal.any([signal, failure.signal]);
    const starts = this.#request.privateServers.map((name) =>
      this.#startOne(name, cancelled).catch((error) => failure.abort(error)),
    );
    await Promise.all(starts);
    cancelled.throwIfAborted();
    this.#rememberRun();
  }

  async #startOne(name: ServerName, signal: AbortSignal): Promise<void> {
    const recipe = await this.#recipe(name, signal);
    const events: ServerEvents = { onRestarted: () => this.#announce(), onLost: this.#events.onLost };
    const port = this.#file.ports[name];
    this.#started.set(name, await startServer(recipe, port, this.#request.restartLimit, events, signal));
  }

  #recipe(name: ServerName, signal: AbortSignal): Promise<ServerRecipe> {
    const { dataDir, cacheDir, postgresDurable, redisDurable, redisUsers } = this.#request;
    const shared = { dataDir, password: this.#file.password, env: this.#env };
    switch (name) {
      case "postgres":
        return postgresRecipe({ ...shared, durable: postgresDurable }, signal);
      case "redis":
        return redisRecipe({ ...shared, cacheDir, durable: redisDurable, users: redisUsers }, signal);
    }
  }

  #announce(): void {
    // while the other one still starts, there is nothing to announce yet
    if (this.#started.size < this.#request.privateServers.length) return;
    this.#rememberRun();
    this.#events.onChanged(this.describe());
  }

  #rememberRun(): void {
    const running = { supervisorPid: process.pid, servers: this.describe() };
    writeLocalFile(this.#request.dataDir, { ...this.#remembered(), running });
  }

  #remembered(): LocalFile {
    const ports = [...this.#started].map(([name, { port }]) => [name, port]);
    return { password: this.#file.password, ports: { ...this.#file.ports, ...Object.fromEntries(ports) } };
  }
}

/** What earlier runs left in `local.json`, or a fresh start. */
function recall(dataDir: string): LocalFile {
  const known = readLocalFile(dataDir);
  if (known) return { password: known.password, ports: known.ports };
  if (existsSync(join(dataDir, "postgres"))) {
    throw new LocalServicesError(
      `${join(dataDir, "local.json")} is missing; it held the password of ${join(dataDir, "postgres")}. ` +
        "Put it back, remove that folder to start with an empty database, or choose another data folder.",
    );
  }
  return { password: randomBytes(16).toString("hex"), ports: {} };
}
