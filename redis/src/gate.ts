import type { Admission, Clock, GateReader, Holds, Opening, SaleFeed } from "@flashgate/core";
import { RedisAdmission } from "./admission.ts";
import { connect, ready, requireCapableServer } from "./connection.ts";
import { RedisGateReader, WHOLE_ENTRIES_MAX } from "./gate-reader.ts";
import type { OnUnreadable } from "./hold-codec.ts";
import { RedisHolds } from "./holds.ts";
import { Leases } from "./lease.ts";
import { RedisOpening } from "./opening.ts";
import { RedisSaleFeed } from "./sale-feed.ts";

export interface GateOptions {
  readonly url: string;
  /** Names the process in the server's client list. */
  readonly name: string;
  readonly clock: Clock;
  /** Holds a gate takes before it answers `backlog_full`. */
  readonly backlogMax: number;
  /** Told of each hold that cannot be read, whenever it is come across. Default: nothing. */
  readonly onUnreadable?: OnUnreadable;
  /** Entries of a gate that an audit reads in one command. Default: some milliseconds of the server's time. */
  readonly wholeEntriesMax?: number;
}

/** Holds a gate takes by default while Postgres is away. */
export const BACKLOG_MAX = 100_000;

export interface RedisGate {
  readonly admission: Admission;
  readonly holds: Holds;
  readonly opening: Opening;
  readonly reader: GateReader;
  /** Whether that opening's gate admits who comes by this connection; asks for no more rights than they need. */
  admits(saleId: string, epoch: number): Promise<boolean>;
  /** Resolves while the server answers; for readiness. */
  ping(): Promise<void>;
  /** Resolves once the connection can be used again. */
  whenReady(): Promise<void>;
  close(): void;
}

/** The gate over one connection. Refuses to start on a server that the protocol cannot be kept on. */
export async function openGate(options: GateOptions): Promise<RedisGate> {
  const { url, name, clock, backlogMax } = options;
  const { onUnreadable = () => undefined, wholeEntriesMax = WHOLE_ENTRIES_MAX } = options;
  const redis = connect(url, `${name}-gate`, "answer");
  try {
    await ready(redis);
    await requireCapableServer(redis);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const leases = new Leases(redis, clock);
  return {
    admission: new RedisAdmission(redis, leases, onUnreadable),
    holds: new RedisHolds(redis, leases, onUnreadable),
    opening: new RedisOpening({ url, redis, leases, backlogMax, onUnreadable }),
    reader: new RedisGateReader({ url, redis, onUnreadable, wholeEntriesMax }),
    admits: async (saleId, epoch) => (await leases.ofEpoch(saleId, epoch)) !== null,
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
