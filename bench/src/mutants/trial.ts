/** A catalogue of mutants before whoever should notice them. */
import type { Mutant, RealMutant, SimulatedMutant } from "./mutant.ts";
import type { Outcome } from "./outcome.ts";
import { compiledCopy, hunt, type Seeds, trySeeds } from "./seed-hunt.ts";
import { trySuites, tryUnchanged } from "./suite-run.ts";

/** How one family of mutants is tried. */
export interface Family<Of extends Mutant> {
  readonly name: "simulated" | "real";
  readonly mutants: readonly Of[];
  /**
   * Makes sure that the sources as they are pass, and hands out what tries a mutant. Throws UnfitControl where they do
   * not: then no failure of a mutant means anything.
   */
  begin(chosen: readonly Of[]): Promise<Trial<Of>>;
}

export interface Trial<Of extends Mutant> {
  attempt(mutant: Of): Promise<Outcome>;
  end(): Promise<void>;
}

/** The sources fail without any mutant. */
export class UnfitControl extends Error {
  override readonly name = "UnfitControl";
}

/** Seeds that the unchanged sources walk through before anything is tried. */
const CONTROL_SEEDS_MAX = 500;

export function simulatedFamily(mutants: readonly SimulatedMutant[], seeds: Seeds): Family<SimulatedMutant> {
  const begin = async () => {
    const unchanged = await compiledCopy([]);
    const control = await hunt(unchanged.root, { ...seeds, count: Math.min(seeds.count, CONTROL_SEEDS_MAX) });
    if (control.kind !== "clean") {
      await unchanged.dispose();
      throw new UnfitControl(`the simulation fails at seed ${control.seed} without any mutant`);
    }
    return { attempt: (mutant: SimulatedMutant) => trySeeds(mutant, seeds, unchanged), end: unchanged.dispose };
  };
  return { name: "simulated", mutants, begin };
}

export function realFamily(mutants: readonly RealMutant[]): Family<RealMutant> {
  const begin = async (chosen: readonly RealMutant[]) => {
    const control = await tryUnchanged([...new Set(chosen.flatMap(({ tests }) => tests))]);
    if (control.kind === "caught") throw new UnfitControl(`${control.by} fails without any mutant: ${control.detail}`);
    if (control.kind === "broken") throw new UnfitControl(`the tests fail without any mutant: ${control.error}`);
    return { attempt: trySuites, end: async () => undefined };
  };
  return { name: "real", mutants, begin };
}
