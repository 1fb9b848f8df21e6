import type { Provenance } from "../provenance.ts";
import type { SiegeRun } from "./campaign.ts";
import type { Verdict } from "./checker/check-history.ts";
import type { FaultRecord } from "./fault-log.ts";
import type { Destruction } from "./history.ts";
import type { Reopening } from "./reopening.ts";
import { type Floors, shortfalls, VERDICTS } from "./shortfall.ts";
import { invariantTable, isProven } from "./siege-report.ts";

/** Everything a siege has to say for itself: what machines read, and what is kept beside a claim. */
export interface Account extends Provenance {
  readonly ok: boolean;
  readonly startedAt: string;
  readonly durationS: number;
  readonly stores: SiegeRun["stores"];
  readonly seed: number;
  /** What was promised and not kept, a sentence each. */
  readonly shortfalls: readonly string[];
  readonly invariants: Verdict["invariants"];
  /** Checkout requests that reached an api, and those that found nobody listening. */
  readonly attempts: number;
  readonly unsent: number;
  readonly acknowledged: number;
  readonly checkouts: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly crowd: SiegeRun["crowd"];
  /** From the healing to the verdict of each ticket that was open then. */
  readonly settled: SiegeRun["settled"];
  readonly sales: { readonly siege: number; readonly all: number; readonly confirmedUnits: number };
  /** How often each fault took. */
  readonly faults: Readonly<Record<string, number>>;
  readonly losses: readonly Destruction[];
  readonly reopening: ReopeningAccount;
  readonly absences: SiegeRun["absences"];
  readonly exits: SiegeRun["exits"];
  readonly timeline: readonly TimelineEntry[];
}

/** Of the times from Redis's first answer to open gates; those count beside which nothing else was wrong. */
export interface ReopeningAccount {
  readonly undisturbed: number;
  readonly disturbed: number;
  readonly msP50: number;
  readonly msP90: number;
  readonly msMax: number;
  readonly disturbedMsMax: number;
  readonly all: readonly Reopening[];
}

interface TimelineEntry {
  readonly atS: number;
  readonly forS: number;
  readonly fault: string;
  readonly took: boolean;
  readonly note?: string;
}

/** Puts run, verdict and floors together. `startedAtMs`: Unix milliseconds. */
export function accountOf(
  run: SiegeRun,
  verdict: Verdict,
  floors: Floors,
  {
    seed,
    provenance,
    startedAtMs,
  }: { readonly seed: number; readonly provenance: Provenance; readonly startedAtMs: number },
): Account {
  const short = [
    ...shortfalls(floors, {
      faults: run.counts,
      attempts: verdict.attempts - run.unsent,
      acknowledged: verdict.checkouts,
      verdicts: byState(verdict.ends),
      holdsLost: run.destroyed.map(({ holdsLost }) => holdsLost),
      reopenings: run.reopenings,
      pending: run.settled.pending,
      settledMsMax: run.settled.delayMsMax,
    }),
    ...run.storeDeaths.map((death) => `a store ended though nobody had asked for it: ${death}`),
    ...run.absences.flatMap(({ store, forMs, acknowledged }) =>
      acknowledged > 0 ? [] : [`nobody was admitted while ${store} was away for ${forMs} ms`],
    ),
    ...Object.entries(run.crowd.serverErrors).map(([status, times]) => `the api answered ${status}, ${times} times`),
  ];
  return {
    ok: isProven(verdict.invariants) && short.length === 0,
    ...provenance,
    startedAt: new Date(startedAtMs).toISOString(),
    durationS: Math.round(run.durationMs / 1_000),
    stores: run.stores,
    seed,
    shortfalls: short,
    invariants: verdict.invariants,
    attempts: verdict.attempts - run.unsent,
    unsent: run.unsent,
    acknowledged: verdict.acknowledgements,
    checkouts: verdict.checkouts,
    ends: verdict.ends,
    crowd: run.crowd,
    settled: run.settled,
    sales: {
      siege: run.sales.length,
      all: run.audits.length,
      confirmedUnits: run.audits.reduce((sum, { confirmedUnits }) => sum + confirmedUnits, 0),
    },
    faults: Object.fromEntries([...run.counts].sort(([a], [b]) => a.localeCompare(b))),
    losses: run.destroyed,
    reopening: reopeningAccount(run.reopenings),
    absences: run.absences,
    exits: run.exits,
    timeline: timelineOf(run.faults),
  };
}

function byState(ends: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    VERDICTS.map((state) => {
      const matching = Object.entries(ends).filter(([end]) => end === state || end.startsWith(`${state}:`));
      return [state, matching.reduce((sum, [, count]) => sum + count, 0)];
    }),
  );
}

function reopeningAccount(all: readonly Reopening[]): ReopeningAccount {
  const times = (some: readonly Reopening[]) =>
    some.flatMap(({ tookMs }) => (tookMs === null ? [] : [Math.round(tookMs)])).sort((a, b) => a - b);
  const clean = times(all.filter(({ disturbedBy }) => disturbedBy.length === 0));
  const disturbed = times(all.filter(({ disturbedBy }) => disturbedBy.length > 0));
  const at = (share: number) => clean[Math.max(0, Math.ceil(share * clean.length) - 1)] ?? 0;
  return {
    undisturbed: clean.length,
    disturbed: disturbed.length,
    msP50: at(0.5),
    msP90: at(0.9),
    msMax: at(1),
    disturbedMsMax: disturbed.at(-1) ?? 0,
    all,
  };
}

function timelineOf(faults: readonly FaultRecord[]): TimelineEntry[] {
  const firstMs = faults[0]?.fromMs ?? 0;
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  return faults.map(({ label, fromMs, untilMs, took, note }) => ({
    atS: seconds(fromMs - firstMs),
    forS: seconds(untilMs - fromMs),
    fault: label,
    took,
    ...(note === undefined ? {} : { note }),
  }));
}

/** What people read: the counts, each invariant, and whatever was wrong. */
export function accountText(account: Account): string {
  const { reopening, settled, invariants, ends } = account;
  const number = (value: number) => value.toLocaleString("en-US");
  const counts = (some: Readonly<Record<string, number>>) =>
    Object.entries(some)
      .map(([name, count]) => `${name} ${number(count)}`)
      .join(", ");
  return [
    `${number(account.attempts)} checkout attempts, ${number(account.acknowledged)} acknowledged, ${number(account.checkouts)} checkouts in ${account.sales.siege} sales, ${account.durationS} s`,
    `ends: ${counts(ends)}`,
    `faults: ${counts(account.faults)}`,
    `gates reopened within ${number(reopening.msMax)} ms (median ${number(reopening.msP50)} ms, ${reopening.undisturbed} times undisturbed; ${reopening.disturbed} times disturbed, within ${number(reopening.disturbedMsMax)} ms)`,
    `${number(settled.ended)} open tickets ended within ${number(settled.delayMsMax)} ms of the healing; ${settled.pending} did not end`,
    "",
    invariantTable(invariants),
    "",
    ...account.shortfalls.map((shortfall) => `not as promised: ${shortfall}`),
    account.ok ? "The siege found nothing." : "The siege FAILED.",
  ].join("\n");
}
