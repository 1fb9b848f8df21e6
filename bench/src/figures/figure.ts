import type { Shops } from "../compare/shops.ts";

/** What a run may change of a figure; each figure takes what concerns it. */
export interface Settings {
  /** Shoppers who wait for a verdict at a time. */
  readonly waiting: number;
  /** Streams of events that are open at a time. */
  readonly streams: number;
  /** Verdicts that are measured, of each kind. */
  readonly verdicts: number;
  /** Verdicts caused in a second. */
  readonly ratePerS: number;
  /** How long streams are left idle, in seconds. */
  readonly idleS: number;
  /** How long a process is left alone before it is looked at, at rest, in seconds. */
  readonly restS: number;
  /** Items that are sold, and shoppers at once who buy them. */
  readonly items: number;
  readonly workers: number;
  /** How often two things are compared, in turn. */
  readonly pairs: number;
  /** How long each of them is under load, in seconds. */
  readonly seconds: number;
  /** Connections of that load. */
  readonly connections: number;
  /** Orders in the tables that are said to hold many, and orders that wait at a time. */
  readonly rows: number;
  readonly queued: number;
}

export const DEFAULTS: Settings = {
  waiting: 1_000,
  streams: 10_000,
  verdicts: 2_000,
  ratePerS: 100,
  idleS: 45,
  restS: 10,
  items: 10_000,
  workers: 256,
  pairs: 5,
  seconds: 5,
  connections: 128,
  rows: 1_000_000,
  queued: 1_000_000,
};

/** What one value is promised to be. */
export type Bound = { readonly of: string } & Goal;
export type Goal = { readonly below: number } | { readonly atMost: number } | { readonly atLeast: number };

/** Values of one kind, by name, and what one of them is promised to be. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, number>>;
  readonly bound?: Bound;
  /** Where the values sum up runs: each of them. */
  readonly each?: readonly number[];
}

export interface Reading {
  readonly rows: readonly Row[];
  /** What makes the rows worth nothing, a sentence each. */
  readonly faults: readonly string[];
  /** How it went, as an image (SVG). */
  readonly chart?: string;
  /** The versions of what it was measured on. */
  readonly redis: string;
  readonly postgres: string;
}

/** Something that is promised with a number, and how the number is taken: from a deployment of its own. */
export interface Figure {
  readonly name: string;
  readonly about: string;
  readonly measure: (settings: Settings, shops: Shops) => Promise<Reading>;
}

/** Whether a row is what was promised; one that promised nothing is. A value that is not there is not. */
export function keepsBound({ values, bound }: Row): boolean {
  if (bound === undefined) return true;
  const value = values[bound.of] ?? Number.NaN;
  if ("below" in bound) return value < bound.below;
  return "atMost" in bound ? value <= bound.atMost : value >= bound.atLeast;
}

/** `p99 < 20` */
export function boundText(bound: Bound): string {
  if ("below" in bound) return `${bound.of} < ${bound.below}`;
  return "atMost" in bound ? `${bound.of} ≤ ${bound.atMost}` : `${bound.of} ≥ ${bound.atLeast}`;
}

/** Whether a reading counts, and keeps every promise. */
export function isKept({ rows, faults }: Pick<Reading, "rows" | "faults">): boolean {
  return faults.length === 0 && rows.every(keepsBound);
}
