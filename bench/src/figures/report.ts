import type { Machine } from "../siege/machine.ts";
import { isKept, keepsBound, type Reading, type Row, type Settings } from "./figure.ts";

/** One taking of one figure. */
export interface Take extends Pick<Reading, "rows" | "faults"> {
  readonly figure: string;
  readonly ok: boolean;
}

export interface Report {
  readonly ok: boolean;
  readonly command: string;
  readonly startedAt: string;
  readonly machine: Machine;
  readonly settings: Settings;
  readonly takes: readonly Take[];
}

export function takeOf(figure: string, { rows, faults }: Reading): Take {
  return { figure, ok: isKept({ rows, faults }), rows, faults };
}

/** What people read: where it was measured, each row with its bound, and whatever was wrong. */
export function reportText({ ok, command, startedAt, machine, takes }: Report): string {
  const { cpu, cores, memoryGib, node, redis, postgres, commit, dirty } = machine;
  return [
    command,
    `${startedAt}, commit ${commit?.slice(0, 7) ?? "unknown"}${dirty ? " and changes" : ""}`,
    `${cores} × ${cpu}, ${memoryGib} GiB, Node ${node}, PostgreSQL ${postgres}, Redis ${redis}`,
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
  const verdict = bound && `${bound.of} < ${bound.below}: ${keepsBound(row) ? "kept" : "BROKEN"}`;
  return `  ${what}: ${told.join("  ")} ${unit}${verdict ? `   (${verdict})` : ""}`;
}

function numberText(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}
