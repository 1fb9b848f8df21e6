import type { Page } from "../../domain/checkout.ts";
import type { Ticket } from "../../domain/ticket.ts";
import type { QueueFault } from "./temperament.ts";
import type { World } from "./world.ts";

const QUEUE_FAULTS: Readonly<Record<QueueFault, number>> = { again: 4, wipe: 1, reorder: 1, forge: 1 };
const CLAIMS: ReadonlySet<string> = new Set(["records", "lapse", "entomb"]);
/** A process that talks to a primary that was replaced notices it in one of so many steps. */
const NOTICE = 0.01;

/** Everything that can happen to the services and the processes, and to no call in particular. */
export class Trouble {
  readonly #world: World;
  readonly #tickets: () => readonly Ticket[];

  constructor(world: World, tickets: () => readonly Ticket[]) {
    this.#world = world;
    this.#tickets = tickets;
  }

  /** Lets happen what the run's character lets happen at this step. */
  strike(): void {
    const world = this.#world;
    const { random, temper } = world;
    if (random.chance(temper.redisFaults)) world.harm(random.weighted(temper.redisWeights));
    if (world.cluster.zombie && random.chance(temper.failbacks)) world.harm(random.pick(["resync", "split"]));
    if (random.chance(temper.clockSteps * (this.#isClaiming() ? 6 : 1))) this.#setClock();
    if (random.chance(temper.queueFaults)) this.#spoilQueue(random.weighted(QUEUE_FAULTS));
    if (random.chance(temper.deaths)) this.#kill();
    if (random.chance(NOTICE)) this.#reconnect();
  }

  /** Turns the gate's clock back where that matters most; whether it did. */
  turnBack(): boolean {
    const world = this.#world;
    if (!world.random.chance(world.temper.nostalgia) || !this.#isClaiming()) return false;
    world.count("clock turned back");
    world.note(() => "redis clock turned back");
    world.cluster.turnBack();
    return true;
  }

  /** Whether a sweep is about to claim or to expire carts: when the gate's clock matters most. */
  #isClaiming(): boolean {
    return this.#world.actors.some(({ role, call: { method } }) => role === "sweep" && CLAIMS.has(method));
  }

  #setClock(): void {
    this.#world.count("clock steps");
    this.#world.note(() => "redis clock set");
    this.#world.cluster.setClock();
  }

  #spoilQueue(fault: QueueFault): void {
    const world = this.#world;
    const { random, queue } = world;
    world.count(`queue ${fault}`);
    world.note(() => `queue ${fault}`);
    if (fault === "wipe") queue.length = 0;
    else if (fault === "reorder") queue.reverse();
    else if (fault === "forge") queue.push({ page: this.#forged(), deliveries: 0 });
    else if (this.#world.oldJobs.length > 0) queue.push(random.pick(this.#world.oldJobs));
  }

  /** A page that names whatever anybody ever had a ticket for. */
  #forged(): Page {
    const { random, saleIds, ledger } = this.#world;
    const saleId = random.pick(saleIds);
    const tickets = this.#tickets().filter((ticket) => ticket.saleId === saleId);
    const epoch = ledger.book(saleId)?.sale.openEpoch ?? 0;
    return { saleId, epoch, checkoutIds: tickets.map((ticket) => ticket.checkoutId) };
  }

  /** A process dies: its use cases never go on, and what they had sent may still arrive. */
  #kill(): void {
    const world = this.#world;
    const { random, temper } = world;
    const process = random.pick(world.processes);
    world.count(`killed ${process.role}`);
    world.note(() => `${process.name} dies`);
    process.flush();
    process.sealed.clear();
    for (const actor of world.actors.filter((one) => one.process === process)) {
      world.actors.splice(world.actors.indexOf(actor), 1);
      if (random.chance(0.4)) world.orphan(actor);
      if (actor.job && !random.chance(temper.pageLoss)) world.queue.push(actor.job);
    }
    process.connect(world.cluster.primary);
  }

  /** A process notices that it talks to a primary that was replaced. */
  #reconnect(): void {
    const world = this.#world;
    const strays = world.processes.filter((process) => process.gate !== world.cluster.primary);
    if (strays.length > 0) world.random.pick(strays).connect(world.cluster.primary);
  }
}
