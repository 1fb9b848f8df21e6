import { faultLine } from "../fault-line.ts";
import { type Finding, fault } from "./finding.ts";

/** One thing that is looked at. */
export interface Check {
  readonly name: string;
  /** What is wrong; null where it cannot be seen because of what another check tells. */
  readonly run: () => readonly Finding[] | null | Promise<readonly Finding[] | null>;
}

export interface Examined {
  readonly name: string;
  readonly state: "ok" | "warning" | "fault" | "unseen";
  readonly findings: readonly Finding[];
}

/** Runs every check, one after the other; one that breaks is a fault of its own. */
export async function examine(checks: readonly Check[]): Promise<Examined[]> {
  const examined: Examined[] = [];
  for (const { name, run } of checks) examined.push(examinedOf(name, await outcomeOf(run)));
  return examined;
}

async function outcomeOf(run: Check["run"]): Promise<readonly Finding[] | null> {
  try {
    return await run();
  } catch (error) {
    return [fault(`it could not be looked at: ${faultLine(error)}`, "look at it by hand, or mend what is in the way")];
  }
}

function examinedOf(name: string, findings: readonly Finding[] | null): Examined {
  if (findings === null) return { name, state: "unseen", findings: [] };
  const isFaulty = findings.some(({ level }) => level === "fault");
  return { name, state: isFaulty ? "fault" : findings.length > 0 ? "warning" : "ok", findings };
}

/** Of one level, in all checks. */
export function countOf(examined: readonly Examined[], level: Finding["level"]): number {
  return examined.flatMap(({ findings }) => findings).filter((finding) => finding.level === level).length;
}
