import type { Admission, Clock, GateReader, Holds, Opening, SaleFeed } from "@flashgate/core";
import { RedisAdmission } from "./admission.ts";
import { connect, ready, requireCapableServer } from "./connection.ts";
import { RedisGateReader } from "./gate-reader.ts";
import { RedisHolds } from "./holds.ts";
import { RedisOpening } from "./opening.ts";
import { RedisSaleFeed } from "./sale-feed.ts";

export interface GateOptions {
  readonly url: string;
  /** Names the process in the server's client list. */
  readonly name: string;
  readonly clock: Clock;
  /** Holds a gate takes before it answers `backlog_full`. */
  readonly backlogMax: number;
}

/** Holds a gate takes by default while Postgres is away. */
export const BACKLOG_MAX = 100_000;

export interface RedisGate {
  readonly admission: Admission;
  readonly holds: Holds;
  readonly opening: Opening;
  readonly reader: GateReader;
  /** Resolves while the server answers; for readiness. */
  ping(): Promise<void>;
  /** Resolves once the connection can be used again. */
  whenReady(): Promise<void>;
  close(): void;
}

/** The gate over one connection. Refuses to start on a server that the protocol cannot be kept on. */
export async function openGate({ url, name, clock, backlogMax }: GateOptions): Promise<RedisGate> {
  const redis = connect(url, `${name}-gate`, "crowd");
  try {
    await ready(redis);
    await requireCapableServer(redis);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return {
    admission: new RedisAdmission(redis, clock),
    holds: new RedisHolds(redis),
    opening: new RedisOpening({ url, redis, backlogMax }),
    reader: new RedisGateReader(redis),
    ping: async () => void (await redis.ping()),
    whenReady: () => ready(redis),
    close: () => redis.disconnect(),
  };
}

/** The feed of sale events, over a connection of its own. */
export async function openFeed(url: string, name: string): Promise<{ feed: SaleFeed; close: () => void }> {
  const redis = connect(url, `${name}-feed`, "wait");
  await ready(redis);
  return { feed: new RedisSaleFeed(redis), close: () => redis.disconnect() };
}
