/** A small change of one source file. */
export interface Patch {
  /** Relative to the root of the project. */
  readonly file: string;
  /** Stands in the file exactly once, or the patch does not apply. */
  readonly find: string;
  readonly replace: string;
}

/** One guard of the protocol taken out of a copy of the sources, to see that somebody notices. */
export interface Mutant {
  readonly name: string;
  /** What is taken out, in one phrase. */
  readonly guard: string;
  readonly patches: readonly Patch[];
  /** Why nothing can notice. A mutant with an argument is expected to survive; to catch it proves the argument wrong. */
  readonly argument?: string;
}

/** A mutant of the production use cases and the adapters in memory, for the simulation to catch. */
export type SimulatedMutant = Mutant;

/** A mutant of a real adapter, for tests on the real service to catch. */
export interface RealMutant extends Mutant {
  /** Test files, most likely catcher first; they run in turn until one fails. */
  readonly tests: readonly string[];
}

export function patch(file: string, find: string, replace: string): Patch {
  return { file, find, replace };
}
