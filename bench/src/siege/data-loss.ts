import { setTimeout as delay } from "node:timers/promises";
import type { RedisServer } from "../fleet/redis-server.ts";
import { until } from "../fleet/until.ts";
import type { Battlefield } from "./battlefield.ts";
import type { Destruction } from "./history.ts";
import { whileHoldsPileUp } from "./pile-up.ts";
import { becomePrimary, fallBehind, followActive, handOver } from "./replication.ts";

/** How long an old primary goes on beside the new one. */
const ZOMBIE_MS = 2_500;
const EPOCHS_MS_MAX = 90_000;

type Loss = Omit<Destruction, "kind" | "lostAtMs">;

/** Destroys Redis data while holds depend on it, and writes down what was destroyed. */
export async function destroy(field: Battlefield, how: Destruction["kind"], lagMs: number): Promise<boolean> {
  switch (how) {
    case "wiped":
      return wipe(field);
    case "older_copy":
      return restoreOlderCopy(field, lagMs);
    case "promoted":
      return promoteLaggingReplica(field, lagMs);
    case "failed_back":
      return failBack(field, lagMs);
  }
}

async function wipe(field: Battlefield): Promise<boolean> {
  const { active } = field.fleet;
  const { holds, lostAtMs } = await whileHoldsPileUp(field, async () => {
    const known = await holdsIn(field, active);
    await active.kill();
    return { holds: known, lostAtMs: field.history.nowMs() };
  });
  // while Redis is down no sale can open: what is open now is what was hit
  const saleEpochs = await openEpochs(field);
  active.wipe();
  record(field, "wiped", lostAtMs, { saleEpochs, keptUntilMs: null, holdsLost: holds.size });
  await comeBack(field, "loss wiped", active);
  return holds.size > 0;
}

async function restoreOlderCopy(field: Battlefield, lagMs: number): Promise<boolean> {
  const { active } = field.fleet;
  const keptUntilMs = field.history.nowMs();
  active.copyTo(field.copyFolder);
  const kept = await holdsIn(field, active);
  await delay(lagMs);
  const { lost, lostAtMs } = await whileHoldsPileUp(field, async () => {
    const present = await holdsIn(field, active);
    await active.kill();
    return { lost: missing(present, kept), lostAtMs: field.history.nowMs() };
  });
  const saleEpochs = await openEpochs(field);
  active.restore(field.copyFolder);
  record(field, "older_copy", lostAtMs, { saleEpochs, keptUntilMs, holdsLost: lost });
  await comeBack(field, "loss older_copy", active);
  return lost > 0;
}

/** A replica that lags behind becomes primary, while a part of the fleet goes on with the old one. */
async function promoteLaggingReplica(field: Battlefield, lagMs: number): Promise<boolean> {
  const { fleet, history, dice } = field;
  const old = fleet.active;
  await followActive(field);
  const keptUntilMs = await fallBehind(field);
  await delay(lagMs);
  const zombies = [dice.pick(fleet.of("api")), dice.pick(fleet.of("worker"))];
  const { saleEpochs, lost, lostAtMs } = await whileHoldsPileUp(field, async () => {
    const epochs = await openEpochs(field);
    const gone = missing(await holdsIn(field, old), await holdsIn(field, fleet.spare));
    await becomePrimary(fleet.spare);
    fleet.exchange(fleet.slots.filter((slot) => !zombies.includes(slot)));
    return { saleEpochs: epochs, lost: gone, lostAtMs: history.nowMs() };
  });
  const reopened = field.reopenings.watch("loss promoted", lostAtMs);
  await delay(ZOMBIE_MS);
  await old.kill();
  fleet.lead(zombies);
  const zombieUntilMs = history.nowMs();
  record(field, "promoted", lostAtMs, { saleEpochs, keptUntilMs, zombieUntilMs, holdsLost: lost });
  old.wipe();
  await fleet.replication.heal();
  await reopened;
  return lost > 0;
}

/** A → B → A: the first primary was replaced without a loss, then takes over again without all that the second wrote. */
async function failBack(field: Battlefield, lagMs: number): Promise<boolean> {
  const { fleet, history } = field;
  const first = fleet.active;
  await followActive(field);
  await handOver(field);
  await field.reopenings.watch("hand over", history.nowMs());
  const second = fleet.active;
  if (!(await until(() => first.isInSync(), 20_000))) throw new Error("the first primary does not follow the second");
  const keptUntilMs = await fallBehind(field);
  await delay(lagMs);
  const { saleEpochs, lost, lostAtMs } = await whileHoldsPileUp(field, async () => {
    const epochs = await openEpochs(field);
    const gone = missing(await holdsIn(field, second), await holdsIn(field, first));
    await becomePrimary(first);
    fleet.exchange(fleet.slots);
    return { saleEpochs: epochs, lost: gone, lostAtMs: history.nowMs() };
  });
  record(field, "failed_back", lostAtMs, { saleEpochs, keptUntilMs, holdsLost: lost });
  await second.kill();
  second.wipe();
  await fleet.replication.heal();
  await field.reopenings.watch("loss failed_back", lostAtMs);
  return lost > 0;
}

/** Starts a server again; resolves once the gates are open. */
export async function comeBack(field: Battlefield, cause: string, server: RedisServer): Promise<void> {
  await server.start();
  await field.reopenings.watch(cause, field.history.nowMs());
}

async function holdsIn({ stores }: Battlefield, server: RedisServer): Promise<ReadonlySet<string>> {
  const sales = await stores.unsealed();
  return stores.holds(
    server,
    sales.map(({ id }) => id),
  );
}

/** Of every sale that has been opened and is not sealed. Waits for Postgres. */
async function openEpochs({ stores }: Battlefield): Promise<Record<string, number>> {
  let epochs: Record<string, number> | null = null;
  await until(async () => {
    const sales = await stores.unsealed();
    epochs = Object.fromEntries(sales.flatMap((sale) => (sale.openEpoch > 0 ? [[sale.id, sale.openEpoch]] : [])));
    return true;
  }, EPOCHS_MS_MAX);
  if (!epochs) throw new Error("the ledger cannot be asked for the open epochs");
  return epochs;
}

function missing(before: ReadonlySet<string>, after: ReadonlySet<string>): number {
  return [...before].filter((id) => !after.has(id)).length;
}

function record({ history }: Battlefield, kind: Destruction["kind"], lostAtMs: number, loss: Loss): void {
  history.append({ kind: "destroyed", destruction: { kind, lostAtMs, ...loss } });
}
