import type { Random } from "./random.ts";

/** What can happen to Redis as a whole. */
export type RedisFault = "restart" | "suffix" | "backup" | "wipe" | "promote" | "resync" | "split";

/** What can happen to the queue, which promises nothing. */
export type QueueFault = "wipe" | "again" | "reorder" | "forge";

/** The character of one run: rare interleavings become frequent when each run concentrates on a few kinds of trouble. */
export interface Temperament {
  readonly sales: number;
  /** Whether schedulers make hourly sales too, and an hour turns within the run. */
  readonly hourly: boolean;
  /** How far time moves at a step: pause lengths are multiplied by it. */
  readonly pace: number;
  /** Skews against the true time, at most, in milliseconds. */
  readonly skewMsMax: number;
  /** Probabilities for each call: fails before, loses its answer, happens later. */
  readonly callFaults: { readonly fail: number; readonly lose: number; readonly late: number };
  /** Probability for each step. */
  readonly deaths: number;
  readonly redisFaults: number;
  readonly queueFaults: number;
  /** Somebody sets the primary's clock. */
  readonly clockSteps: number;
  /** Probability for each step of a sweep that claims carts: the clock goes back, and somebody buys what was due. */
  readonly nostalgia: number;
  /** While an older primary lives: it becomes the primary again. */
  readonly failbacks: number;
  /** Probability for each checkout that the ledger cannot judge it. */
  readonly poison: number;
  readonly wantonRecoveries: number;
  readonly redisWeights: Readonly<Record<RedisFault, number>>;
  /** Share of actors that are seldom scheduled. */
  readonly sluggish: number;
  /** Probability for each call that it is put aside until its sale was opened anew or closed: the latest possible moment. */
  readonly stubborn: number;
  /** Probability that the actor that moved last moves again. */
  readonly focus: number;
  /** Probability that a process stays connected to a primary that was replaced. */
  readonly loyalty: number;
  readonly cartShare: number;
  readonly keyShare: number;
  readonly cancels: number;
  /** Probability that a cancel cannot ask the gate. */
  readonly blindCancels: number;
  /** Probability that a page gets lost on its way into the queue, or when its worker dies. */
  readonly pageLoss: number;
}

const NONE = { restart: 0, suffix: 0, backup: 0, wipe: 0, promote: 0, resync: 0, split: 0 };

/** Draws the character of a run. */
export function temperamentOf(random: Random): Temperament {
  const level = (...levels: number[]) => random.pick(levels);
  const calls = level(0, 0.01, 0.04, 0.12);
  const nostalgia = level(0, 0, 0, 0, 0, 0.15);
  return {
    sales: random.chance(0.7) ? 2 : 1,
    hourly: random.chance(0.01),
    pace: level(0.5, 1, 1, 2),
    skewMsMax: level(0, 500, 5_000, 30_000, 100_000),
    callFaults: { fail: calls * random.next(), lose: calls * random.next(), late: calls * random.next() },
    deaths: level(0, 0.002, 0.01, 0.03),
    redisFaults: level(0, 0.004, 0.01, 0.025),
    queueFaults: level(0, 0.01, 0.03),
    clockSteps: level(0, 0, 0.01, 0.03),
    nostalgia,
    failbacks: level(0, 0.02, 0.15),
    poison: level(0, 0, 0, 0.15),
    wantonRecoveries: level(0, 0, 0.01, 0.04),
    redisWeights: random.chance(0.2) ? { ...NONE, restart: 1 } : mixed(random),
    sluggish: level(0, 0.1, 0.3),
    stubborn: level(0, 0.01, 0.03, 0.08),
    focus: level(0, 0.3, 0.7),
    loyalty: level(0, 0.4, 0.8),
    cartShare: nostalgia > 0 ? 0.9 : level(0.2, 0.5, 0.8),
    keyShare: level(0.1, 0.4, 0.8),
    cancels: level(0.01, 0.05, 0.15, 0.3),
    blindCancels: level(0, 0.3, 0.8),
    pageLoss: level(0.02, 0.2, 0.6),
  };
}

function mixed(random: Random): Temperament["redisWeights"] {
  const weight = () => random.pick([0, 1, 3]);
  return {
    restart: 1 + weight(),
    suffix: weight(),
    backup: weight(),
    wipe: weight(),
    promote: 1 + 2 * weight(),
    resync: 0,
    split: 0,
  };
}
