import type { Actor } from "./actor.ts";
import { Shoppers } from "./shoppers.ts";
import { close, recover, rotate, sweep, tend, work } from "./staff.ts";
import { setStage } from "./stage.ts";
import { Trouble } from "./trouble.ts";
import type { Fate, World } from "./world.ts";

const STEPS = 400;
const OLD_JOBS_MAX = 12;

type Move = "deliver" | "shop" | "poll" | "flush" | "work" | "sweep" | "recover" | "close" | "arrive" | "tend";

const MOVES: Readonly<Record<Move, number>> = {
  deliver: 60,
  shop: 13,
  poll: 3,
  flush: 4,
  work: 6,
  sweep: 4,
  recover: 5,
  close: 1.5,
  arrive: 2,
  tend: 0.7,
};

/** Draws for an actor that may move; nobody does where all of them are put aside. */
const PICKS_MAX = 6;

/** Actors under way at once, at most, before nobody new begins. */
const ACTORS_MAX = 14;

/** One run's schedule: at every step one thing happens, drawn from the seed. */
export class Schedule {
  readonly #world: World;
  readonly shoppers: Shoppers;
  readonly #trouble: Trouble;
  #last: Actor | null = null;

  constructor(world: World) {
    this.#world = world;
    this.shoppers = new Shoppers(world);
    this.#trouble = new Trouble(world, () => this.shoppers.tickets);
  }

  /** Sets the stage, then makes the steps. */
  async run(): Promise<void> {
    const world = this.#world;
    await setStage(world);
    for (let step = 0; step < STEPS; step += 1) {
      world.step += 1;
      this.#passTime();
      await this.#step();
    }
  }

  /** Time stands still, creeps, or leaps over a cart's deadline. */
  #passTime(): void {
    const world = this.#world;
    const { random } = world;
    const draw = random.next();
    const pauseMs =
      draw < 0.6
        ? 0
        : draw < 0.8
          ? random.int(1, 50)
          : draw < 0.97
            ? random.int(100, 3_000)
            : random.int(2_000, 40_000);
    const pace = world.temper.hourly ? 12 : world.temper.pace;
    const leapMs = random.chance(0.006) ? random.int(100_000, 150_000) : 0;
    world.nowMs += Math.round(pauseMs * pace) + leapMs;
  }

  async #step(): Promise<void> {
    const world = this.#world;
    const { random, temper } = world;
    this.#trouble.strike();
    if (random.chance(temper.wantonRecoveries)) await recover(world, random.pick(world.saleIds), true);
    if (temper.hourly && random.chance(0.03)) await rotate(world);
    if (this.#trouble.turnBack()) return this.shoppers.buy();
    if (world.actors.length > 0 && (random.chance(temper.focus) || this.#isCrowded())) return this.#deliver();
    return this.#move(random.weighted(MOVES));
  }

  #isCrowded(): boolean {
    const { actors } = this.#world;
    return actors.length >= ACTORS_MAX && actors.filter((actor) => !actor.isAside()).length >= ACTORS_MAX;
  }

  async #move(move: Move): Promise<void> {
    const world = this.#world;
    const { random } = world;
    switch (move) {
      case "deliver":
        return this.#deliver();
      case "shop":
        return this.shoppers.act();
      case "poll":
        return this.shoppers.poll();
      case "flush":
        return this.#flush();
      case "work":
        return this.#work();
      case "sweep":
        return void (await sweep(world, random.pick(world.saleIds)));
      case "recover":
        return void (await recover(world, this.#shutSale(), false));
      case "close":
        return void (await close(world, random.pick(world.saleIds)));
      case "tend":
        return world.poisoned.size > 0 ? void (await tend(world)) : undefined;
      case "arrive": {
        const orphan = random.draw(world.orphans);
        return orphan && world.arrive(orphan);
      }
    }
  }

  /** A sale whose gate is shut, where there is one: schedulers look at all of them. */
  #shutSale(): string {
    const { random, saleIds, cluster } = this.#world;
    const shut = saleIds.filter((saleId) => !cluster.primary.lease(saleId));
    return random.pick(shut.length > 0 ? shut : saleIds);
  }

  async #deliver(): Promise<void> {
    const world = this.#world;
    const actor = this.#nextActor();
    if (!actor) return;
    this.#last = actor;
    await world.deliver(actor, this.#fate(actor));
  }

  #nextActor(): Actor | null {
    const { actors, random, temper } = this.#world;
    if (actors.length === 0) return null;
    const last = this.#last;
    if (last && !last.isAside() && actors.includes(last) && random.chance(temper.focus)) return last;
    for (let tries = 0; tries < PICKS_MAX; tries += 1) {
      const actor = random.pick(actors);
      if (!actor.isAside() && !(actor.sluggish && random.chance(0.93))) return actor;
    }
    return null;
  }

  #fate(actor: Actor): Fate {
    const { random, temper } = this.#world;
    const { fail, lose, late } = temper.callFaults;
    const isBlind = actor.role === "cancel" && actor.call.method === "read" && random.chance(temper.blindCancels);
    if (isBlind) return "fail";
    const draw = random.next();
    if (draw < fail) return "fail";
    if (draw < fail + lose) return "lose";
    if (draw < fail + lose + late) return actor.call.writes ? "late" : "fail";
    return "happen";
  }

  #flush(): void {
    const world = this.#world;
    const process = world.random.pick(world.processes);
    for (const page of process.flush()) {
      if (world.random.chance(world.temper.pageLoss * 0.3)) world.count("pages lost");
      else world.queue.push({ page, deliveries: 0 });
    }
  }

  async #work(): Promise<void> {
    const world = this.#world;
    const { random, queue } = world;
    const job = random.chance(0.8) ? queue.shift() : random.draw(queue);
    if (!job) return;
    if (random.chance(0.12)) {
      queue.push(job);
      world.count("pages doubled");
    }
    world.oldJobs.push(job);
    if (world.oldJobs.length > OLD_JOBS_MAX) world.oldJobs.shift();
    await work(world, job);
  }
}
