import type { AuditReport } from "@flashgate/core";
import type { Palette } from "./palette.ts";
import type { Repair } from "./sale-repair.ts";
import { verdictJson, verdictTable } from "./verdict-table.ts";

/** Invariants that a repair of the gate restores; what is wrong in the ledger alone, it cannot. */
const OF_THE_GATE: ReadonlySet<number> = new Set([3, 4]);

/** Whether nothing is left to be done. */
export function isClean({ violations }: AuditReport): boolean {
  return violations.length === 0;
}

/** An audit, and what would mend what it found. `repairLine` is the command that repairs. */
export function auditText(report: AuditReport, repairLine: string, palette: Palette): string {
  const table = verdictTable(report, palette);
  if (isClean(report)) return table;
  const mend = report.violations.some(({ invariant }) => OF_THE_GATE.has(invariant))
    ? `Repair the gate from the ledger: ${repairLine}`
    : LEDGER;
  return `${table}\n\n${mend}`;
}

const LEDGER =
  "The ledger itself does not add up, which no command repairs: pause the sale, and keep its rows as they are.";

/** What a repair did, and the audit after it. */
export function repairText(repair: Repair, palette: Palette): string {
  const { after, before } = repair;
  const mended = before.violations.length - after.violations.length;
  return [
    verdictTable(after, palette),
    "",
    `Swept: ${sweptText(repair)}.`,
    rebuiltText(repair),
    ...(mended > 0 ? [`${mended} ${mended === 1 ? "violation is" : "violations are"} mended.`] : []),
    ...(isClean(after) || repair.rebuilding === "late" ? [] : [palette.bad(LEFT)]),
  ].join("\n");
}

const LEFT =
  "What is listed above is left: a second repair does not mend it. Pause the sale, and keep its rows as they are.";

function sweptText({ swept }: Repair): string {
  if (!swept) return "nothing, for the sale is not open";
  return `${swept.finalised} holds finalised, ${swept.paged} paged again, ${swept.expired} expired`;
}

function rebuiltText({ rebuilding, epoch }: Repair): string {
  switch (rebuilding) {
    case "not_needed":
      return "The gate was left as it is.";
    case "rebuilt":
      return `The gate was rebuilt from the ledger and is open, epoch ${epoch}.`;
    case "late":
      return `The gate is to be rebuilt (epoch ${epoch}), and no scheduler has done it yet: is one running?`;
    default:
      return rebuilding satisfies never;
  }
}

/** The same for machines; `repair` is null where none was asked for. */
export function repairJson(report: AuditReport, repair: Repair | null): object {
  return {
    ...verdictJson([report]),
    repair: repair && {
      swept: repair.swept && {
        finalised: repair.swept.finalised,
        paged: repair.swept.paged,
        expired: repair.swept.expired,
      },
      gate: repair.rebuilding,
      epoch: repair.epoch,
      violations_before: repair.before.violations,
    },
  };
}
