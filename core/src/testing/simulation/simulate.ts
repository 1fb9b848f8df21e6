import type { Counts } from "./counts.ts";
import { Ending } from "./ending.ts";
import { Random } from "./random.ts";
import { Schedule } from "./schedule.ts";
import { temperamentOf } from "./temperament.ts";
import { type Invariant, Violation } from "./violation.ts";
import { World } from "./world.ts";

/** What one seed came to. `step` counts the schedule's steps. */
export interface SeedReport {
  readonly seed: number;
  readonly violation: { readonly invariant: Invariant; readonly message: string; readonly step: number } | null;
  readonly counts: Readonly<Counts>;
}

export interface SimulateOptions {
  /** Told of every step. The same seed gives the same lines. */
  readonly trace?: (line: string) => void;
}

/**
 * Runs one schedule of the production use cases over services in memory: calls fail, are lost and arrive late,
 * processes die, Redis loses data and lives twice, pages come twice or never, clocks disagree; after every step and at
 * the end the invariants are checked. Deterministic in the seed. Throws where the code under test has a bug that is no
 * violation. The method is that of FoundationDB's and TigerBeetle's simulators.
 */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<SeedReport> {
  const random = new Random(seed);
  const world = new World(random, temperamentOf(random), options.trace);
  const schedule = new Schedule(world);
  try {
    await schedule.run();
    await new Ending(world, schedule.shoppers).run();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    const { invariant, message } = error;
    world.note(() => `violation of ${invariant}: ${message}`);
    return { seed, violation: { invariant, message, step: world.step }, counts: world.counts };
  }
  return { seed, violation: null, counts: world.counts };
}
