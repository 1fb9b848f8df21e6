/** `simulate --mutants`: every guard taken out in turn, to see that somebody notices. */
import { writeFile } from "node:fs/promises";
import { inLanes } from "../mutants/lanes.ts";
import type { Mutant } from "../mutants/mutant.ts";
import { misfitsOf } from "../mutants/patching.ts";
import { REAL_MUTANTS } from "../mutants/real/catalogue.ts";
import { countsOf, progressLine, type Row, reportJson, reportText } from "../mutants/report.ts";
import { SIMULATED_MUTANTS } from "../mutants/simulated/catalogue.ts";
import { ROOT } from "../mutants/source-copy.ts";
import { type Family, realFamily, simulatedFamily, UnfitControl } from "../mutants/trial.ts";
import { type Provenance, provenanceOf } from "../provenance.ts";

/** Which mutants: those of the rules and use cases, which the simulation catches, or those of the real adapters. */
export const FAMILIES = ["simulated", "real", "all"] as const;

export interface MutantOptions {
  readonly family: (typeof FAMILIES)[number];
  /** Seeds tried for each simulated mutant, from the first one. */
  readonly firstSeed: number;
  readonly seeds: number;
  /** Names; none means all of the family. */
  readonly only: readonly string[];
  /** Mutants tried at once. */
  readonly processes: number;
  readonly json: boolean;
  /** Written besides: JSON where it ends in .json, else the table. */
  readonly out?: string;
}

/** Tries the mutants and prints what became of them. Resolves with the exit code: 0 where each is as it should be. */
export async function runMutants(options: MutantOptions): Promise<number> {
  const seeds = { first: options.firstSeed, count: options.seeds };
  const simulated = options.family === "real" ? [] : SIMULATED_MUTANTS;
  const real = options.family === "simulated" ? [] : REAL_MUTANTS;
  const faults = [
    ...unknownNames(options.only, [...simulated, ...real]),
    ...(await misfitsOf(ROOT, [...simulated, ...real])),
  ];
  if (faults.length > 0) return complain(faults);
  try {
    const rows = [
      ...(await tryFamily(simulatedFamily(chosenOf(simulated, options.only), seeds), options)),
      ...(await tryFamily(realFamily(chosenOf(real, options.only)), options)),
    ];
    await tell(rows, provenanceOf("simulate"), options);
    return countsOf(rows).unexpected === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof UnfitControl) return complain([error.message]);
    throw error;
  }
}

async function tryFamily<Of extends Mutant>(family: Family<Of>, { processes, json }: MutantOptions): Promise<Row[]> {
  const { name, mutants } = family;
  if (mutants.length === 0) return [];
  const trial = await family.begin(mutants);
  try {
    return await inLanes(mutants, processes, async (mutant) => {
      const row = { family: name, mutant, outcome: await trial.attempt(mutant) };
      if (!json) console.log(progressLine(row));
      return row;
    });
  } finally {
    await trial.end();
  }
}

function chosenOf<Of extends Mutant>(mutants: readonly Of[], only: readonly string[]): readonly Of[] {
  return only.length === 0 ? mutants : mutants.filter(({ name }) => only.includes(name));
}

function unknownNames(only: readonly string[], mutants: readonly Mutant[]): string[] {
  const names = new Set(mutants.map(({ name }) => name));
  return only
    .filter((name) => !names.has(name))
    .map((name) => `--only names "${name}", which is no mutant of this family: leave --only out to see all names`);
}

function complain(faults: readonly string[]): number {
  for (const fault of faults) console.error(fault);
  return 1;
}

async function tell(rows: readonly Row[], provenance: Provenance, { json, out }: MutantOptions): Promise<void> {
  const asJson = () => `${JSON.stringify(reportJson(rows, provenance), null, 2)}\n`;
  const asText = () => `${reportText(rows, provenance)}\n`;
  process.stdout.write(json ? asJson() : `\n${asText()}`);
  if (out !== undefined) await writeFile(out, out.endsWith(".json") ? asJson() : asText());
}
