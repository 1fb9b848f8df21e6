/** A server program that runs here. */
export interface Program {
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** Where it came from, for people to read. */
  readonly origin: string;
}

export type ProgramCandidate = Omit<Program, "version">;

/** Whether a server can be had from one place, or why not. */
export type ProgramSearch =
  | { readonly kind: "found"; readonly program: Program }
  | { readonly kind: "refused"; readonly reason: string };

/** Runs a candidate to see whether it is fit. */
export type ProgramTrial = (candidate: ProgramCandidate, signal: AbortSignal) => Promise<ProgramSearch>;
