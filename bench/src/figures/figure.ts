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
  /** Items that are sold, and shoppers at once who buy them. */
  readonly items: number;
  readonly workers: number;
}

export const DEFAULTS: Settings = {
  waiting: 1_000,
  streams: 10_000,
  verdicts: 2_000,
  ratePerS: 100,
  idleS: 45,
  items: 10_000,
  workers: 256,
};

/** Values of one kind, by name, and what one of them is promised to stay below. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, number>>;
  readonly bound?: { readonly of: string; readonly below: number };
}

export interface Reading {
  readonly rows: readonly Row[];
  /** What makes the rows worth nothing, a sentence each. */
  readonly faults: readonly string[];
  /** The versions of what it was measured on. */
  readonly redis: string;
  readonly postgres: string;
}

/** Something that is promised with a number, and how the number is taken: from a deployment of its own. */
export interface Figure {
  readonly name: string;
  readonly about: string;
  readonly measure: (settings: Settings) => Promise<Reading>;
}

/** Whether a row stays below what was promised; one that promised nothing does. A value that is not there does not. */
export function keepsBound({ values, bound }: Row): boolean {
  return bound === undefined || (values[bound.of] ?? Number.NaN) < bound.below;
}

/** Whether a reading counts, and keeps every promise. */
export function isKept({ rows, faults }: Pick<Reading, "rows" | "faults">): boolean {
  return faults.length === 0 && rows.every(keepsBound);
}
