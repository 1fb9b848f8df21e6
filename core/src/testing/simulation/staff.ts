import { closeSale } from "../../application/commands/close-sale.ts";
import { giveUpDeadLetter } from "../../application/commands/give-up-dead-letter.ts";
import { recoverGate } from "../../application/commands/recover-gate.ts";
import { retryDeadLetter, retryDeadLetters } from "../../application/commands/retry-dead-letters.ts";
import { rotateSales } from "../../application/commands/rotate-sales.ts";
import { settlePage } from "../../application/commands/settle-page.ts";
import { sweepHolds } from "../../application/commands/sweep-holds.ts";
import type { Actor } from "./actor.ts";
import { anyProcess, play } from "./cast.ts";
import type { Job } from "./process.ts";
import type { World } from "./world.ts";

/** A gate is opened this long before its sale begins. */
const OPEN_AHEAD_MS = 60_000;
const DELIVERIES_MAX = 20;
const LOOK_AGE_MS_MAX = 20_000;

/** A worker takes a page off the queue; what it could not settle is delivered again. */
export async function work(world: World, job: Job): Promise<Actor> {
  const { page, deliveries } = job;
  const actor = await play(
    world,
    `settle ${page.checkoutIds.join(" ")}`,
    anyProcess(world, "worker"),
    async (parts) => {
      const again = () => void (deliveries < DELIVERIES_MAX && world.queue.push({ page, deliveries: deliveries + 1 }));
      try {
        const outcome = await settlePage(parts, page);
        world.count(`page ${outcome.kind}`);
        if (outcome.kind === "retry") again();
      } catch (error) {
        again();
        throw error;
      }
    },
  );
  actor.job = job;
  return actor;
}

/** Opens a gate that is not open; a `wanton` scheduler recovers one that is. */
export function recover(world: World, saleId: string, wanton: boolean): Promise<Actor> {
  const scheduler = anyProcess(world, "scheduler");
  return play(world, wanton ? "recover wantonly" : "recover", scheduler, async (parts) => {
    const sale = await parts.ledger.find(saleId);
    const nowMs = scheduler.clock.nowMs();
    if (!sale || sale.state === "closed") return;
    if (nowMs < sale.opensAtMs - OPEN_AHEAD_MS || nowMs >= sale.settleUntilMs) return;
    const isOpen = sale.state === "open" && (await parts.opening.isOpen(sale.id, sale.openEpoch));
    if (isOpen && !wanton) return;
    world.count(`recovery ${await recoverGate(parts, sale.id, sale.epoch)}`);
  });
}

/** Moves on the holds that nobody moved. */
export function sweep(world: World, saleId: string): Promise<Actor> {
  const scheduler = anyProcess(world, "scheduler");
  return play(world, "sweep", scheduler, async (parts) => {
    // Sales are listed at once and swept one after the other: the look may be old by the time of the sweep.
    const nowMs = scheduler.clock.nowMs() - world.random.int(0, LOOK_AGE_MS_MAX);
    const sale = await parts.ledger.find(saleId);
    if (sale?.state !== "open" || nowMs >= sale.settleUntilMs) return;
    await sweepHolds(parts, sale);
  });
}

/** Seals a sale whose time is over and drains its gate. */
export function close(world: World, saleId: string): Promise<Actor> {
  const scheduler = anyProcess(world, "scheduler");
  return play(world, "close", scheduler, async (parts) => {
    if (scheduler.sealed.has(saleId)) return;
    const sale = await parts.ledger.find(saleId);
    if (!sale || (sale.state !== "closed" && scheduler.clock.nowMs() < sale.settleUntilMs)) return;
    const outcome = await closeSale(parts, sale);
    world.count(`close ${outcome}`);
    if (outcome === "closed") scheduler.sealed.add(saleId);
  });
}

/** Prepares the coming hours' sales. */
export function rotate(world: World): Promise<Actor> {
  return play(world, "rotate", anyProcess(world, "scheduler"), async (parts) => {
    const created = await rotateSales(parts);
    world.count("hourly sales", created.length);
    for (const saleId of created) if (!world.saleIds.includes(saleId)) world.saleIds.push(saleId);
  });
}

/** An operator retries the oldest dead letter, or gives it up. */
export function tend(world: World): Promise<Actor> {
  return play(world, "tend", anyProcess(world, "api"), async (parts) => {
    const [letter] = await parts.ledger.deadLetters({ limit: 1 });
    if (!letter) return;
    const { checkoutId } = letter;
    const givesUp = world.random.chance(0.4);
    if (givesUp) world.witness.promises.cancelled(checkoutId);
    const { kind } = await (givesUp ? giveUpDeadLetter : retryDeadLetter)(parts, checkoutId);
    world.count(`letter ${kind}`);
  });
}

/** An operator retries every dead letter. */
export function tendAll(world: World): Promise<Actor> {
  return play(world, "tend", anyProcess(world, "api"), async (parts) => {
    world.count("letter sent", (await retryDeadLetters(parts, null)).sent);
  });
}
