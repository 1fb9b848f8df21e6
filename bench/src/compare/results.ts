import { boundText, keepsBound, type Row } from "../figures/figure.ts";
import { numberText, type Report } from "../figures/report.ts";
import { machineText } from "../provenance.ts";
import type { Median } from "./ratio.ts";

/** The report as a page of Markdown: machine, commit, command, and a table of every row with what was promised of it. */
export function resultsText({ command, startedAt, commit, machine, stores, settings, takes }: Report): string {
  const rows = takes.flatMap(({ figure, rows: each }) => each.map((row) => rowText(figure, row)));
  const faults = takes.flatMap(({ figure, faults: each }) => each.map((fault) => `- ${figure}: ${fault}`));
  return [
    "# Speed, as measured",
    "",
    `${startedAt.slice(0, 10)}, commit \`${commit}\`, ${machineText(machine)}, PostgreSQL ${stores.postgres}, Redis ${stores.redis}.`,
    `Load generator and everything else on the same machine; ${settings.pairs} pairs, in turn: median (least–most).`,
    "",
    "```sh",
    command,
    "```",
    "",
    "| figure | what | measured | promised |",
    "|---|---|---|---|",
    ...rows,
    ...(faults.length > 0 ? ["", "Not drained or audited, so worth nothing:", "", ...faults] : []),
    "",
  ].join("\n");
}

function rowText(figure: string, row: Row): string {
  const { what, unit, bound } = row;
  const promised = bound ? `${boundText(bound)}: ${keepsBound(row) ? "kept" : "**broken**"}` : "";
  return `| ${figure} | ${what} | ${valuesText(row.values)} ${unit} | ${promised} |`;
}

function valuesText(values: Row["values"]): string {
  const { median, min, max } = values as Partial<Median>;
  if (median !== undefined && min !== undefined && max !== undefined) {
    return min === max ? numberText(median) : `${numberText(median)} (${numberText(min)}–${numberText(max)})`;
  }
  return Object.entries(values)
    .map(([name, value]) => `${name} ${numberText(value)}`)
    .join(", ");
}
