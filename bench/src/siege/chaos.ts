import { setTimeout as delay } from "node:timers/promises";
import type { Slot, StoreName } from "../fleet/fleet.ts";
import type { StoreServer } from "../fleet/store-server.ts";
import { until } from "../fleet/until.ts";
import type { Battlefield } from "./battlefield.ts";
import { comeBack, destroy } from "./data-loss.ts";
import { type Fault, labelOf } from "./fault.ts";
import { whileHoldsPileUp } from "./pile-up.ts";
import type { Plan, Step } from "./plan.ts";

/** A process that is not ready yet is given so long before it is hit anyway. */
const READY_MS_MAX = 10_000;
/** What a lane that is late leaves between two faults. */
const GAP_MS_MIN = 300;
/** A fault that missed is tried again so often. */
const TRIES_MAX = 3;
const ALIVE_MS_MAX = 5_000;
const DISK_FULL_MS_MAX = 10_000;
const SPARE_MEMORY_BYTES = 20_000;
const SPARE_DISK_BYTES = 64_000;
/** From here on it matters that admission goes on without Postgres. */
const LONG_ABSENCE_MS = 10_000;
/** BullMQ's keys, as whoever runs the queue's Redis sees them. */
const QUEUE_KEYS = "{flashgate-settlement}:*";

/** Does what the plan says, lane beside lane; resolves once all of it is done. */
export async function wage(plan: Plan, field: Battlefield, signal: AbortSignal): Promise<void> {
  const startedMs = field.history.nowMs();
  const lane = async (steps: readonly Step[]) => {
    for (const { atMs, fault } of steps) {
      const waitMs = Math.max(GAP_MS_MIN, startedMs + atMs - field.history.nowMs());
      await delay(waitMs, undefined, { signal });
      for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
        const took = await field.log.run(fault, () => inflict(fault, field));
        if (took || fault.kind === "roll") break;
        signal.throwIfAborted();
      }
    }
  };
  await Promise.all([lane(plan.stores), lane(plan.kills), lane(plan.ills)]);
}

/** Whether it hit what it was meant for. Resolves once what it hit is itself again. */
async function inflict(fault: Fault, field: Battlefield): Promise<boolean> {
  switch (fault.kind) {
    case "kill":
      return isStore(fault.target) ? killStore(fault.target, fault.awayMs, field) : killProcess(fault.name, field);
    case "stop":
      return isStore(fault.target)
        ? stopStore(fault.target, fault.forMs, field)
        : stopProcess(fault.name, fault.forMs, field);
    case "partition":
      return partition(fault, field);
    case "loss":
      return destroy(field, fault.how, fault.lagMs);
    case "starve":
      return fault.of === "memory" ? starveMemory(fault.forMs, field) : fillDisk(fault, field);
    case "obliterate":
      return obliterate(field);
    case "roll":
      return roll(field);
  }
}

async function killProcess(name: string, { fleet }: Battlefield): Promise<boolean> {
  const { process } = slotOf(name, fleet.slots);
  await until(() => process.isReady, READY_MS_MAX);
  return until(() => process.kill(), ALIVE_MS_MAX);
}

async function stopProcess(name: string, forMs: number, { fleet }: Battlefield): Promise<boolean> {
  const { process } = slotOf(name, fleet.slots);
  await until(() => process.isReady, READY_MS_MAX);
  await until(() => process.pid !== undefined, ALIVE_MS_MAX);
  const stopped = process.freeze();
  await delay(forMs);
  process.thaw();
  return stopped;
}

async function killStore(store: StoreName, awayMs: number, field: Battlefield): Promise<boolean> {
  const server = serverOf(store, field);
  const killed = await server.kill();
  const before = field.acknowledged();
  await delay(awayMs);
  if (awayMs >= LONG_ABSENCE_MS)
    field.absences.push({ store, forMs: awayMs, acknowledged: field.acknowledged() - before });
  if (store === "redis") await comeBack(field, "kill redis", field.fleet.active);
  else await server.start();
  return killed;
}

async function stopStore(store: StoreName, forMs: number, field: Battlefield): Promise<boolean> {
  const server = serverOf(store, field);
  const stopped = server.freeze();
  await delay(forMs);
  server.thaw();
  return stopped;
}

async function partition(fault: Extract<Fault, { kind: "partition" }>, { fleet }: Battlefield): Promise<boolean> {
  const slots = fault.name === "all" ? fleet.slots : [slotOf(fault.name, fleet.slots)];
  const paths = slots.map((slot) => slot.paths[fault.store]);
  await Promise.all(paths.map((path) => path.afflict(fault.toxic)));
  await delay(fault.forMs);
  await Promise.all(paths.map((path) => path.heal()));
  return true;
}

/** Writes are refused for want of memory. */
async function starveMemory(forMs: number, { fleet }: Battlefield): Promise<boolean> {
  await fleet.active.limitMemory(SPARE_MEMORY_BYTES);
  try {
    await delay(forMs);
    return true;
  } finally {
    await fleet.active.limitMemory(null);
  }
}

/** A Redis that must write before it answers ends when it cannot. */
async function fillDisk(fault: Extract<Fault, { kind: "starve" }>, field: Battlefield): Promise<boolean> {
  const { active } = field.fleet;
  const ended = active.ended();
  if (!active.limitFiles(SPARE_DISK_BYTES)) throw new Error("this system cannot limit the files of another process");
  const full = await Promise.race([ended.then(() => true), delay(DISK_FULL_MS_MAX, false)]);
  if (!full) await active.kill();
  await delay(fault.forMs);
  await comeBack(field, labelOf(fault), active);
  return full;
}

/** Empties the queue while holds depend on it. */
async function obliterate(field: Battlefield): Promise<boolean> {
  return whileHoldsPileUp(field, async () => {
    const { admin } = field.fleet.active;
    const keys = await admin.keys(QUEUE_KEYS);
    if (keys.length > 0) await admin.unlink(...keys);
    return keys.length > 0;
  });
}

/** As a deployment does it: each process asked to end, and the next one only once its successor is ready. */
async function roll({ fleet }: Battlefield): Promise<boolean> {
  let whole = true;
  for (const { process } of fleet.slots) {
    const before = process.readyCount;
    await process.terminate();
    whole = (await until(() => process.readyCount > before, READY_MS_MAX)) && whole;
  }
  return whole;
}

const isStore = (target: string): target is StoreName => target === "redis" || target === "postgres";

function serverOf(store: StoreName, { fleet }: Battlefield): StoreServer {
  return store === "redis" ? fleet.active : fleet.postgres;
}

function slotOf(name: string, slots: readonly Slot[]): Slot {
  const slot = slots.find((each) => each.name === name);
  if (!slot) throw new Error(`the fleet has no process ${name}`);
  return slot;
}
