import type { RedisServer } from "../fleet/redis-server.ts";
import { until } from "../fleet/until.ts";
import type { Battlefield } from "./battlefield.ts";

const SYNC_MS_MAX = 20_000;
const CATCH_UP_MS_MAX = 5_000;
const PAUSE_MS_MAX = 10_000;

/** Starts the spare Redis, empty, as a replica of the active one; resolves once it has everything, on its disk too. */
export async function followActive({ fleet }: Battlefield): Promise<void> {
  const { active, spare, replication } = fleet;
  await spare.kill();
  spare.wipe();
  await replication.heal();
  replication.leadTo(active.port);
  await active.admin.config("SET", "repl-diskless-sync-delay", "0");
  await spare.start();
  await spare.follow(replication.port, fleet.password);
  if (!(await until(() => spare.isInSync(), SYNC_MS_MAX))) throw new Error("the replica does not get in sync");
}

/** Cuts the replica off. Returns a moment: what was answered before it is on the replica, what comes after it is not sure to be. */
export async function fallBehind(field: Battlefield): Promise<number> {
  const { fleet, history } = field;
  const keptUntilMs = history.nowMs();
  await catchUp(fleet.active, fleet.spare);
  await fleet.replication.afflict({ kind: "timeout" });
  return keptUntilMs;
}

/** Makes the replica primary, and the active one its replica, without losing anything: writes wait meanwhile. */
export async function handOver({ fleet }: Battlefield): Promise<void> {
  const { active: old, spare: next, replication } = fleet;
  await old.admin.client("PAUSE", PAUSE_MS_MAX, "WRITE");
  try {
    await catchUp(old, next);
    await becomePrimary(next);
    replication.leadTo(next.port);
    await old.follow(replication.port, fleet.password);
    fleet.exchange(fleet.slots);
  } finally {
    // whoever waited is gone, or finds a replica
    await old.admin.client("UNPAUSE");
  }
}

export async function becomePrimary(server: RedisServer): Promise<void> {
  await server.promote();
  const promoted = async () => (await server.facts("replication"))["role"] === "master";
  if (!(await until(promoted, CATCH_UP_MS_MAX))) throw new Error("the replica does not become primary");
}

/** Waits until the replica has all that the primary had when this was called. */
async function catchUp(primary: RedisServer, replica: RedisServer): Promise<void> {
  const offset = Number((await primary.facts("replication"))["master_repl_offset"]);
  const there = async () => Number((await replica.facts("replication"))["slave_repl_offset"]) >= offset;
  if (!(await until(there, CATCH_UP_MS_MAX, { everyMs: 10 }))) throw new Error("the replica does not catch up");
}
