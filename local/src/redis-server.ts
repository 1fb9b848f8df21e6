import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { deathSignal } from "./death-signal.ts";
import { findRedis } from "./find-redis.ts";
import { endLeftover } from "./leftovers.ts";
import { HOST } from "./port.ts";
import type { ServerRecipe } from "./server-launch.ts";

const PROBE_TIMEOUT_MS = 1_000;

export interface RedisSettings {
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly password: string;
  /** Whether each write is on disk before its reply; else nothing is written at all. */
  readonly durable: boolean;
  /** Users beside the one with the password, as lines of redis.conf. */
  readonly users: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Redis with its data in `<dataDir>/redis`. Throws a LocalServicesError when no Redis is found. */
export async function redisRecipe(settings: RedisSettings, signal: AbortSignal): Promise<ServerRecipe> {
  const { file, env, version, origin } = await findRedis(settings.env, settings.cacheDir, signal);
  const wrapper = await deathSignal("SIGTERM", env);
  const folder = join(settings.dataDir, "redis");
  const configFile = join(folder, "redis.conf");
  const pidFile = join(folder, "redis.pid");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    version,
    origin,
    url: (port) => `redis://:${settings.password}@${HOST}:${port}`,
    plan: (port) => ({
      name: "redis",
      logFile: join(settings.dataDir, "redis.log"),
      command: [...wrapper, file, configFile],
      env,
      account: undefined,
      stopSignal: "SIGTERM",
      prepare: async () => {
        await endLeftover({ pidFile, argument: configFile, stopSignal: "SIGTERM" });
        writeFileSync(configFile, configuration(settings, folder, pidFile, port), { mode: 0o600 });
      },
      isReady: () => answersPing(port, settings.password),
    }),
  };
}

function configuration(
  { password, durable, users }: RedisSettings,
  folder: string,
  pidFile: string,
  port: number,
): string {
  const lines = [
    `bind ${HOST}`,
    `port ${port}`,
    `requirepass ${password}`,
    ...users,
    `dir ${JSON.stringify(folder)}`,
    `pidfile ${JSON.stringify(pidFile)}`,
    // keeps the path of this file in the command line, by which a server left behind is known
    "set-proc-title no",
    "maxmemory-policy noeviction",
    // the gate of a large sale that has aged out is freed beside the commands, not between them
    "lazyfree-lazy-expire yes",
    'save ""',
    ...(durable ? ["appendonly yes", "appendfsync always"] : ["appendonly no"]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Only a PONG counts: a Redis that still loads its data accepts connections and answers LOADING. */
function answersPing(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    let reply = "";
    const socket = connect({ port, host: HOST, timeout: PROBE_TIMEOUT_MS });
    socket.once("connect", () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on("data", (chunk) => {
      reply += chunk.toString();
      if (reply.split("\r\n").length > 2) socket.destroy();
    });
    socket.once("timeout", () => socket.destroy());
    socket.once("error", () => socket.destroy());
    socket.once("close", () => resolve(reply.includes("+PONG")));
  });
}
