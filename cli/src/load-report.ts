import type { Summary } from "./histogram.ts";
import { faultsOf, type LoadFacts } from "./load-verdict.ts";
import { fixed, grouped } from "./numbers.ts";
import type { Palette } from "./palette.ts";

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
    acknowledged_per_second: facts.crowdMs > 0 ? (tally.acknowledged.length * 1_000) / facts.crowdMs : 0,
    verdicts: countsOf(tally.acknowledged.map(({ checkoutId }) => verdicts.get(checkoutId) ?? "none")),
    refusals: Object.fromEntries(tally.refusals),
    retries: Object.fromEntries(tally.retries),
    gave_up: tally.gaveUp,
    latency_ms: tally.latencyMs.summary(),
    total_units: audit.totalUnits,
    confirmed_units: audit.confirmedUnits,
    sold_units: soldUnits,
    sold_out: audit.confirmedUnits === audit.totalUnits,
    seconds,
    sold_per_second: seconds !== null && seconds > 0 ? soldUnits / seconds : null,
    at_rest: audit.atRest,
  };
}

/** The report as lines of text. */
export function formatReport(report: LoadReport, { bold, dim, good, bad }: Palette): string {
  const { latency_ms: latency, seconds, sold_per_second: rate } = report;
  const row = (name: string, text: string) => `  ${dim(name.padEnd(14))}${text}`;
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .sort((a, b) => b[1] - a[1])
      .map(([name, times]) => `${grouped(times)} ${name}`)
      .join("   ");
  const optional = (name: string, text: string) => (text === "" ? [] : [row(name, text)]);
  const milliseconds = `p50 ${fixed(latency.p50)} ms   p99 ${fixed(latency.p99)} ms   max ${fixed(latency.max)} ms`;
  return [
    `${bold(`Sale ${report.sale_id}`)}   ${grouped(report.confirmed_units)} of ${grouped(report.total_units)} units sold`,
    "",
    row("acknowledged", `${grouped(report.acknowledged)}   ${grouped(report.acknowledged_per_second)}/s`),
    ...optional("verdicts", counts(report.verdicts)),
    ...optional("refused", counts(report.refusals)),
    ...optional("asked again", counts(report.retries)),
    ...optional("gave up", report.gave_up > 0 ? grouped(report.gave_up) : ""),
    ...(latency.count > 0 ? [row("202 latency", milliseconds)] : []),
    ...(seconds === null
      ? []
      : [
          row(
            report.sold_out ? "sold out in" : "settled in",
            `${fixed(seconds, 2)} s   ${grouped(report.sold_units)} units, ${grouped(rate ?? 0)}/s   ${dim("first request to last commit")}`,
          ),
        ]),
    "",
    report.ok
      ? good(`Verdict: ok. Every ticket has its verdict, and the audit is clean${report.at_rest ? ", at rest" : ""}.`)
      : bad(`Verdict: ${report.faults.length === 1 ? "a fault" : `${report.faults.length} faults`}.`),
    ...report.faults.slice(0, FAULTS_SHOWN).map((fault) => `  ${bad("✗")} ${fault}`),
    ...(report.faults.length > FAULTS_SHOWN ? [`  … ${report.faults.length - FAULTS_SHOWN} more: see --json`] : []),
  ].join("\n");
}

const FAULTS_SHOWN = 20;

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
