import { machineText, type Provenance } from "../provenance.ts";
import { boundText, isKept, keepsBound, type Reading, type Row, type Settings } from "./figure.ts";

/** One taking of one figure. */
export interface Take extends Pick<Reading, "rows" | "faults"> {
  readonly figure: string;
  readonly ok: boolean;
}

export interface Report extends Provenance {
  readonly ok: boolean;
  readonly startedAt: string;
  /** Versions. */
  readonly stores: { readonly redis: string; readonly postgres: string };
  readonly settings: Settings;
  readonly takes: readonly Take[];
}

/** A figure with a fault is none: its rows are left out. */
export function takeOf(figure: string, { rows, faults }: Pick<Reading, "rows" | "faults">): Take {
  return { figure, ok: isKept({ rows, faults }), rows: faults.length > 0 ? [] : rows, faults };
}

/** What people read: where it was measured, each row with its bound, and whatever was wrong. */
export function reportText({ ok, command, startedAt, commit, machine, stores, takes }: Report): string {
  return [
    command,
    `${startedAt}, commit ${commit}`,
    `${machineText(machine)}, PostgreSQL ${stores.postgres}, Redis ${stores.redis}`,
    ...takes.flatMap((take) => [
      "",
      take.figure,
      ...take.rows.map(rowText),
      ...take.faults.map((fault) => `  ! ${fault}`),
    ]),
    "",
    ok ? "Every promise was kept." : "A promise was BROKEN.",
  ].join("\n");
}

function rowText(row: Row): string {
  const { what, unit, values, bound } = row;
  const told = Object.entries(values).map(([name, value]) => `${name} ${numberText(value)}`);
  const verdict = bound && `${boundText(bound)}: ${keepsBound(row) ? "kept" : "BROKEN"}`;
  return `  ${what}: ${told.join("  ")} ${unit}${verdict ? `   (${verdict})` : ""}`;
}

/** Three digits say what can be said of such figures. */
export function numberText(value: number): string {
  const digits = Math.max(3, String(Math.trunc(Math.abs(value))).length);
  return value.toLocaleString("en-US", { maximumSignificantDigits: digits });
}
