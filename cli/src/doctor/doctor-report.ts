import type { Palette } from "../palette.ts";
import { countOf, type Examined } from "./checkup.ts";
import type { Finding } from "./finding.ts";

/** A line a check, or a line a finding with its fix; then how many there were. */
export function doctorText(examined: readonly Examined[], palette: Palette): string {
  const { dim, good } = palette;
  const columns = Math.max(...examined.map(({ name }) => name.length));
  const lines = examined.flatMap(({ name, state, findings }) => {
    const title = name.padEnd(columns);
    if (state === "unseen") return [dim(`– ${title}  not looked at: see what else is wrong`)];
    if (state === "ok") return [`${good("✓")} ${title}`.trimEnd()];
    return findings.map((finding) => `${mark(finding, palette)} ${title}  ${finding.what} → ${finding.fix}`);
  });
  return [...lines, "", verdict(countOf(examined, "fault"), countOf(examined, "warning"), palette)].join("\n");
}

function mark({ level }: Finding, { warn, bad }: Palette): string {
  return level === "fault" ? bad("✗") : warn("!");
}

function verdict(faults: number, warnings: number, { good, bad }: Palette): string {
  const noted = warnings > 0 ? `, ${counted(warnings, "warning")}` : "";
  return faults > 0 ? `${bad(counted(faults, "fault"))}${noted}.` : `${good("No fault")}${noted}.`;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The same for machines. */
export function doctorJson(examined: readonly Examined[]): object {
  const faults = countOf(examined, "fault");
  return { ok: faults === 0, faults, warnings: countOf(examined, "warning"), checks: examined };
}
