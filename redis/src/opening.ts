import type { GateSnapshot, Opening, Pause, Survivors } from "@flashgate/core";
import type { Redis } from "ioredis";
import { field, once } from "./connection.ts";
import { faultOf } from "./faults.ts";
import { decodeHolds, type OnUnreadable } from "./hold-codec.ts";
import { EVENTS_CHANNEL, gateKeys, metaKey } from "./keys.ts";
import type { Leases } from "./lease.ts";
import { scanHash } from "./scanning.ts";
import { CONSTANT, evaluate, type Script, scriptsOf } from "./scripts.ts";
import { type StagedKey, stage } from "./staging.ts";

/** How long a retired gate can still be read. */
const KEEP_MS = 24 * 3_600_000;

export interface OpeningParts {
  readonly url: string;
  readonly redis: Redis;
  readonly leases: Leases;
  readonly backlogMax: number;
  readonly onUnreadable: OnUnreadable;
}

/**
 * Opens and shuts gates. The only one who loads scripts: a load is the grant of a lease.
 *
 * Steps (b) and (d) each run on a connection of their own that never reconnects, so that all of a step meets one life
 * of one server; `run_id` and `master_replid`, remembered from (b), tell (d) whether it is still that one.
 */
export class RedisOpening implements Opening {
  readonly #url: string;
  readonly #redis: Redis;
  readonly #leases: Leases;
  readonly #backlogMax: number;
  readonly #onUnreadable: OnUnreadable;

  constructor(parts: OpeningParts) {
    this.#url = parts.url;
    this.#redis = parts.redis;
    this.#leases = parts.leases;
    this.#backlogMax = parts.backlogMax;
    this.#onUnreadable = parts.onUnreadable;
  }

  shut(saleId: string, epoch: number, openEpoch: number): Promise<Survivors | "superseded"> {
    return once(this.#url, "opening", async (redis) => {
      const incarnation = await incarnationOf(redis);
      await load(redis, [CONSTANT.shut]);
      const [word] = await evaluate(redis, CONSTANT.shut, [metaKey(saleId)], [epoch]);
      if (word === "superseded") return word;
      const holds = [...(await scanHash(redis, gateKeys(saleId, openEpoch).holds))].flat();
      // What cannot be read cannot be adopted: its ticket, of an opening that is over then, gets gate_lost.
      return { holds: decodeHolds(saleId, holds, this.#onUnreadable), incarnation };
    });
  }

  install(snapshot: GateSnapshot, incarnation: string): Promise<"installed" | "superseded"> {
    const { id, epoch } = snapshot.sale;
    return once(this.#url, "opening", async (redis) => {
      await redis.watch(metaKey(id));
      const [current, retired, installed] = await redis.hmget(metaKey(id), "epoch", "retired", "installed");
      if (Number(current) !== epoch || retired === "1" || (await incarnationOf(redis)) !== incarnation)
        return "superseded";
      const staged = await stage(redis, snapshot);
      const since = { replid: replidOf(incarnation), installed: Number(installed) };
      const done = await this.#exchange(redis, snapshot, staged, since);
      return done ? "installed" : "superseded";
    });
  }

  async isOpen(saleId: string, epoch: number): Promise<boolean> {
    const [meta, replication, known] = await Promise.all([
      this.#redis.hmget(metaKey(saleId), "epoch", "open", "replid"),
      this.#redis.info("replication"),
      this.#redis.script("EXISTS", ...scriptsOf(saleId, epoch).map(({ sha }) => sha)) as Promise<number[]>,
    ]);
    const [current, open, replid] = meta;
    const here = Number(current) === epoch && open === "1" && replid === field(replication, "master_replid");
    return here && known.every((exists) => exists === 1);
  }

  async tellPaused(saleId: string, epoch: number, { paused, pauseVersion }: Pause): Promise<"told" | "gate_shut"> {
    const lease = await this.#leases.ofEpoch(saleId, epoch);
    if (!lease) return "gate_shut";
    try {
      const args = [paused ? 1 : 0, pauseVersion];
      const [word] = await evaluate(this.#redis, lease.scripts.pause, [lease.keys.meta], args);
      if (word === "told") return word;
    } catch (error) {
      if (faultOf(error) !== "refused") throw error;
    }
    this.#leases.forget(saleId);
    return "gate_shut";
  }

  async retire(saleId: string, epoch: number): Promise<"retired" | "holds_left" | "gone"> {
    const { meta, totals, stock, pool, holds, due, buyers, keys } = gateKeys(saleId, epoch);
    await load(this.#redis, [CONSTANT.finalise, CONSTANT.retire]);
    const all = [meta, totals, stock, pool, holds, due, buyers, keys];
    const [word] = await evaluate(this.#redis, CONSTANT.retire, all, [epoch, KEEP_MS]);
    return word as "retired" | "holds_left" | "gone";
  }

  /** Puts the staged keys in place, opens meta and grants the lease: all of it, or, where meta changed, nothing. */
  async #exchange(
    redis: Redis,
    snapshot: GateSnapshot,
    staged: readonly StagedKey[],
    { replid, installed }: { readonly replid: string; readonly installed: number },
  ): Promise<boolean> {
    const { id, epoch, opensAtMs, closesAtMs, settleUntilMs, limitPerUser } = snapshot.sale;
    const { paused, pauseVersion } = snapshot.sale;
    const exchange = redis.multi();
    // All that the opening before had to say is in the ledger by now.
    const { meta: _kept, ...before } = gateKeys(id, installed);
    exchange.unlink(...Object.values(before));
    for (const { from, to, filled } of staged) {
      exchange.unlink(to);
      if (filled) exchange.rename(from, to).persist(to);
    }
    exchange.hset(metaKey(id), {
      epoch,
      open: 1,
      installed: epoch,
      paused: paused ? 1 : 0,
      pause_version: pauseVersion,
      opens_ms: opensAtMs,
      closes_ms: closesAtMs,
      settle_ms: settleUntilMs,
      limit: limitPerUser,
      backlog: this.#backlogMax,
      replid,
    });
    exchange.persist(metaKey(id));
    for (const { text } of scriptsOf(id, epoch)) exchange.script("LOAD", text);
    exchange.publish(EVENTS_CHANNEL, JSON.stringify({ kind: "opened", sale: id, epoch: String(epoch) }));
    const replies = await exchange.exec();
    for (const [error] of replies ?? []) if (error) throw error;
    return replies !== null;
  }
}

/** Names one life of one server in one replication history. */
async function incarnationOf(redis: Redis): Promise<string> {
  const [server, replication] = await Promise.all([redis.info("server"), redis.info("replication")]);
  return `${field(server, "run_id")}/${field(replication, "master_replid")}`;
}

/** The replication history of an incarnation: a gate opened in it is shut in every other. */
function replidOf(incarnation: string): string {
  return incarnation.slice(incarnation.indexOf("/") + 1);
}

async function load(redis: Redis, scripts: readonly Script[]): Promise<void> {
  for (const { text } of scripts) await redis.script("LOAD", text);
}
