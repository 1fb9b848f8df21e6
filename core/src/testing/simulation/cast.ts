import type { Page } from "../../domain/checkout.ts";
import { Actor } from "./actor.ts";
import { GatePort } from "./gate-port.ts";
import { LedgerPort } from "./ledger-port.ts";
import type { Process, Role } from "./process.ts";
import type { World } from "./world.ts";

/** Items of a generated catalogue that a run puts on offer. */
const HOURLY_ITEMS_MAX = 6;

/** The ports of one actor, as the use cases want them. */
export type Parts = ReturnType<typeof partsOf>;

/** Starts a use case in a process and runs it up to its first call. */
export async function play(
  world: World,
  name: string,
  process: Process,
  useCase: (parts: Parts) => Promise<void>,
): Promise<Actor> {
  const actor = new Actor(name, process, world.random.chance(world.temper.sluggish));
  const parts = partsOf(world, actor);
  world.note(() => `${name} begins in ${process.name}`);
  await actor.start(
    () => useCase(parts),
    (error) => world.crashed(error),
  );
  world.survive();
  if (!actor.finished) world.actors.push(actor);
  return actor;
}

/** One of the processes of a role. */
export function anyProcess(world: World, role: Role): Process {
  return world.random.pick(world.processes.filter((process) => process.role === role));
}

function partsOf(world: World, actor: Actor) {
  const ledger = new LedgerPort(actor, world.ledger, { itemsMax: HOURLY_ITEMS_MAX, poisoned: world.poisoned });
  const gate = new GatePort(actor, world.witness);
  const { process } = actor;
  return {
    ledger,
    admission: gate,
    holds: gate,
    opening: gate,
    clock: process.clock,
    ids: world.ids,
    telemetry: world.telemetry,
    queue: {
      submit: (saleId: string, epoch: number, checkoutId: string) => process.collect(saleId, epoch, checkoutId),
      enqueue: async (page: Page) => void world.queue.push({ page, deliveries: 0 }),
    },
    /** The way of an answer back to the client: throws where it is lost. */
    answered: () => actor.park<void>(world.answerCall),
  };
}
