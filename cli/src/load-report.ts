import type { Unchecked } from "@flashgate/core";
import type { Summary } from "./histogram.ts";
import { faultsOf, type LoadFacts } from "./load-verdict.ts";
import { fixed, grouped } from "./numbers.ts";
import type { Palette } from "./palette.ts";
import { UNCHECKED } from "./verdict-table.ts";

/** A load run as it is told to people and machines. Seconds and milliseconds as the names say. */
export interface LoadReport {
  readonly sale_id: string;
  readonly ok: boolean;
  readonly faults: readonly string[];
  readonly acknowledged: number;
  readonly acknowledged_per_second: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly retries: Readonly<Record<string, number>>;
  readonly gave_up: number;
  readonly latency_ms: Summary;
  readonly total_units: number;
  readonly confirmed_units: number;
  readonly sold_units: number;
  readonly sold_out: boolean;
  /** First request to last commit; null where this run sold nothing. */
  readonly seconds: number | null;
  readonly sold_per_second: number | null;
  readonly at_rest: boolean;
  readonly violations: number;
  /** Of the invariants that an audit looks at, those that this one could not. */
  readonly unchecked: readonly Unchecked[];
}

/** Computes the report of a run. */
export function reportOf(facts: LoadFacts): LoadReport {
  const { tally, audit, verdicts, soldBefore, lastConfirmedAtMs, firstSentAtMs } = facts;
  const faults = faultsOf(facts);
  const soldUnits = audit.confirmedUnits - soldBefore;
  const seconds = soldUnits > 0 && lastConfirmedAtMs !== null ? (lastConfirmedAtMs - firstSentAtMs) / 1_000 : null;
  return {
    sale_id: facts.saleId,
    ok: faults.length === 0,
    faults,
    acknowledged: tally.acknowledged.length,
    acknowledged_per_second: perSecond(tally.acknowledged.length, facts.crowdMs / 1_000),
    verdicts: countsOf(tally.acknowledged.map(({ checkoutId }) => verdicts.get(checkoutId) ?? "none")),
    refusals: Object.fromEntries(tally.refusals),
    retries: Object.fromEntries(tally.retries),
    gave_up: tally.gaveUp,
    latency_ms: roundedSummary(tally.latencyMs.summary()),
    total_units: audit.totalUnits,
    confirmed_units: audit.confirmedUnits,
    sold_units: soldUnits,
    sold_out: audit.confirmedUnits === audit.totalUnits,
    seconds,
    sold_per_second: seconds === null ? null : perSecond(soldUnits, seconds),
    at_rest: audit.atRest,
    violations: audit.violations.length,
    unchecked: audit.unchecked,
  };
}

function perSecond(count: number, seconds: number): number {
  return seconds > 0 ? Math.round((count / seconds) * 10) / 10 : 0;
}

/** Of many faults only so many are printed. */
const FAULTS_SHOWN = 20;
const NAME_COLUMNS = 14;

/** The report as lines of text; what did not happen takes no line. */
export function formatReport(report: LoadReport, palette: Palette): string {
  const { bold, dim } = palette;
  const rows = [
    ["acknowledged", `${grouped(report.acknowledged)}   ${grouped(report.acknowledged_per_second)}/s`],
    ["verdicts", countsText(report.verdicts)],
    ["refused", countsText(report.refusals)],
    ["asked again", countsText(report.retries)],
    ["gave up", report.gave_up > 0 ? grouped(report.gave_up) : ""],
    ["202 latency", latencyText(report.latency_ms)],
    [report.sold_out ? "sold out in" : "settled in", sellingText(report, palette)],
    ["audit", auditText(report)],
  ] as const;
  const told = rows
    .filter(([, text]) => text !== "")
    .map(([name, text]) => `  ${dim(name.padEnd(NAME_COLUMNS))}${text}`);
  const head = `${grouped(report.confirmed_units)} of ${grouped(report.total_units)} units sold`;
  return [`${bold(`Sale ${report.sale_id}`)}   ${head}`, "", ...told, "", ...verdictLines(report, palette)].join("\n");
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort((a, b) => b[1] - a[1])
    .map(([name, times]) => `${grouped(times)} ${name}`)
    .join("   ");
}

function latencyText({ count, p50, p99, max }: Summary): string {
  return count === 0 ? "" : `p50 ${fixed(p50)} ms   p99 ${fixed(p99)} ms   max ${fixed(max)} ms`;
}

function sellingText({ seconds, sold_units, sold_per_second }: LoadReport, { dim }: Palette): string {
  if (seconds === null) return "";
  const pace = `${fixed(seconds, 2)} s   ${grouped(sold_units)} units, ${grouped(sold_per_second ?? 0)}/s`;
  return `${pace}   ${dim("first request to last commit")}`;
}

function auditText({ violations, at_rest, unchecked }: LoadReport): string {
  const found = violations === 0 ? "clean" : `${violations} violation${violations === 1 ? "" : "s"}`;
  // "in motion" says the rest.
  const missed = unchecked.filter(({ reason }) => reason !== "not_at_rest");
  const blind = missed.map(({ invariant, reason }) => `; ${invariant} not looked at: ${UNCHECKED[reason]}`);
  return `${found}, ${at_rest ? "at rest" : "in motion"}${blind.join("")}`;
}

function verdictLines({ ok, faults }: LoadReport, { good, bad }: Palette): string[] {
  if (ok) return [good("Verdict: ok. Every acknowledged ticket has its verdict.")];
  const more = faults.length - FAULTS_SHOWN;
  return [
    bad(`Verdict: ${faults.length === 1 ? "a fault" : `${faults.length} faults`}.`),
    ...faults.slice(0, FAULTS_SHOWN).map((fault) => `  ${bad("✗")} ${fault}`),
    ...(more > 0 ? [`  … ${more} more: see --json`] : []),
  ];
}

/** To the hundredth: there is no more to it. */
function roundedSummary({ count, p50, p99, max }: Summary): Summary {
  const rounded = (ms: number) => Math.round(ms * 100) / 100;
  return { count, p50: rounded(p50), p99: rounded(p99), max: rounded(max) };
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
