import { machineText, type Provenance } from "../provenance.ts";
import type { Mutant } from "./mutant.ts";
import { isExpected, type Outcome } from "./outcome.ts";

/** One mutant and what became of it. */
export interface Row {
  readonly family: "simulated" | "real";
  readonly mutant: Mutant;
  readonly outcome: Outcome;
}

export function reportJson(rows: readonly Row[], provenance: Provenance): object {
  return {
    ...provenance,
    ...countsOf(rows),
    mutants: rows.map(({ family, mutant: { name, guard, argument }, outcome }) => {
      return { family, name, guard, ...(argument === undefined ? {} : { argument }), ...outcome };
    }),
  };
}

/** A table in Markdown that reads well in a terminal, and below it what is argued and what is wrong. */
export function reportText(rows: readonly Row[], provenance: Provenance): string {
  const cells = rows.map(({ family, mutant, outcome }) => [
    mutant.name,
    mutant.guard,
    ...wordsOf(family, mutant, outcome),
  ]);
  const argued = rows.filter(({ mutant }) => mutant.argument !== undefined);
  const { mutants, caught, argued: survivors, unexpected } = countsOf(rows);
  return [
    `${mutants} mutants: ${caught} caught, ${survivors} argued, ${unexpected} not as they should be`,
    table(["mutant", "guard taken out", "caught by", "after"], cells),
    ...argued.map(({ mutant }) => `${mutant.name}: ${mutant.argument}`),
    ...rows.filter((row) => !isExpected(row.mutant, row.outcome)).map(complaintOf),
    `${provenance.command}, ${provenance.commit}, ${machineText(provenance.machine)}`,
  ].join("\n\n");
}

/** One line while a run goes on. */
export function progressLine({ family, mutant, outcome }: Row): string {
  return [mutant.name, ...wordsOf(family, mutant, outcome)].join("  ");
}

export function countsOf(rows: readonly Row[]) {
  return {
    mutants: rows.length,
    caught: rows.filter(({ outcome }) => outcome.kind === "caught").length,
    argued: rows.filter(({ mutant, outcome }) => mutant.argument !== undefined && isExpected(mutant, outcome)).length,
    unexpected: rows.filter(({ mutant, outcome }) => !isExpected(mutant, outcome)).length,
  };
}

function wordsOf(family: Row["family"], mutant: Mutant, outcome: Outcome): [string, string] {
  if (outcome.kind === "broken") return ["BROKEN", "-"];
  const { effort } = outcome;
  const after = "seeds" in effort ? `${effort.seeds} seeds` : `${effort.seconds} s`;
  if (outcome.kind === "caught")
    return [family === "simulated" ? `${outcome.by}: ${outcome.detail}` : outcome.by, after];
  return [mutant.argument === undefined ? "NOBODY" : "nobody, as argued", after];
}

function complaintOf({ mutant, outcome }: Row): string {
  switch (outcome.kind) {
    case "broken":
      return `${mutant.name} is broken, so it says nothing: ${outcome.error}`;
    case "survived":
      return `${mutant.name} survived: nobody misses that ${mutant.guard}`;
    case "caught":
      return `${mutant.name} is argued to survive, and was caught by ${outcome.by}: ${outcome.detail}`;
  }
}

/** Longest cell of a table; what was seen in full is in the JSON. */
const CELL_MAX = 90;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [first = "", ...rest] = lines.map(
    (line) => `| ${line.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  return [first, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...rest].join("\n");
}

function cell(text: string): string {
  const line = text.replaceAll("\n", " ").replaceAll("|", "/");
  return line.length <= CELL_MAX ? line : `${line.slice(0, CELL_MAX - 1)}…`;
}
