import type { AuditReport, Unchecked, Violation } from "@flashgate/core";
import { grouped } from "./numbers.ts";
import type { Palette } from "./palette.ts";

type Invariant = Violation["invariant"];

/** What each audited invariant promises, in the words of the architecture. */
const PROMISES: readonly (readonly [Invariant, string])[] = [
  [1, "sold and held stay within the stock, and every counter equals its rows"],
  [2, "nobody has more than the limit"],
  [3, "the gate adds up: available + held + sold, per item and in all"],
  [4, "at rest, gate and ledger agree"],
  [6, "nothing is confirmed that nobody attempted"],
  [7, "an idempotency key buys once"],
  [10, "epochs grow, and nothing sells outside the window or after the close"],
];

/** Why an audit did not look at an invariant. */
export const UNCHECKED: Readonly<Record<Unchecked["reason"], string>> = {
  no_gate: "its gate is gone",
  not_at_rest: "not at rest",
  attempts_not_recorded: "the sale keeps no attempts",
};

/** The audits of some sales: one sale's in full, of several only those in full that are not clean. */
export function verdictTables(reports: readonly AuditReport[], palette: Palette): string {
  const [only, ...others] = reports;
  if (only && others.length === 0) return verdictTable(only, palette);
  return reports
    .map((report) =>
      report.violations.length > 0
        ? verdictTable(report, palette)
        : `${verdictHead(report, palette)}   ${palette.good("ok")}: ${checkedIn(report)}`,
    )
    .join("\n");
}

/** One sale's audit, a line an invariant and a line a violation. */
export function verdictTable(report: AuditReport, palette: Palette): string {
  const { dim, good, bad } = palette;
  const { unchecked, violations } = report;
  const rows = PROMISES.flatMap(([invariant, promise]) => {
    const broken = violations.filter((violation) => violation.invariant === invariant);
    const missed = unchecked.find((each) => each.invariant === invariant);
    const looked = missed ? dim(`not looked at: ${UNCHECKED[missed.reason]}`) : good("ok");
    const verdict = broken.length > 0 ? bad("broken") : looked;
    return [
      `  ${String(invariant).padStart(2)}  ${promise.padEnd(PROMISE_COLUMNS)}  ${verdict}`,
      ...shown(broken).map((message) => `      ${bad(message)}`),
    ];
  });
  return [verdictHead(report, palette), ...rows].join("\n");
}

function verdictHead({ saleId, totalUnits, confirmedUnits, atRest }: AuditReport, { bold }: Palette): string {
  const rest = atRest ? "at rest" : "in motion";
  return `${bold(`Sale ${saleId}`)}   ${grouped(confirmedUnits)} of ${grouped(totalUnits)} units sold, ${rest}`;
}

function checkedIn({ unchecked }: AuditReport): string {
  const missed = unchecked.map(({ invariant, reason }) => `${invariant} not looked at (${UNCHECKED[reason]})`);
  const looked = PROMISES.flatMap(([invariant]) =>
    unchecked.some((each) => each.invariant === invariant) ? [] : [invariant],
  );
  return [looked.join(", "), ...missed].join("; ");
}

const PROMISE_COLUMNS = Math.max(...PROMISES.map(([, promise]) => promise.length));
const VIOLATIONS_SHOWN = 20;

function shown(violations: readonly Violation[]): string[] {
  const messages = violations.slice(0, VIOLATIONS_SHOWN).map(({ message }) => message);
  const more = violations.length - messages.length;
  return more > 0 ? [...messages, `and ${grouped(more)} more: see --json`] : messages;
}

/** The same for machines. */
export function verdictJson(reports: readonly AuditReport[]): object {
  return {
    ok: reports.every((report) => report.violations.length === 0),
    sales: reports.map(({ saleId, totalUnits, confirmedUnits, atRest, unchecked, violations }) => ({
      sale_id: saleId,
      total_units: totalUnits,
      confirmed_units: confirmedUnits,
      at_rest: atRest,
      unchecked,
      violations,
    })),
  };
}
