/** Looks for a seed of the simulation that a copy of `core` violates. */
import { fork } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SimulatedMutant } from "./mutant.ts";
import type { Outcome } from "./outcome.ts";
import { applyPatches } from "./patching.ts";
import type { FromWalk } from "./seed-walk.ts";
import { compileCore, copyOfCore, type SourceCopy } from "./source-copy.ts";

/** Seen from `src` and from `dist` alike, for a process runs what is compiled. */
const PROGRAM = fileURLToPath(new URL("../../dist/mutants/seed-walk.js", import.meta.url));
/** Where the simulation is in a copy that was compiled. */
const SIMULATION = "core/dist/testing/simulation/index.js";
/** A walk that says nothing for so long hangs in one seed. */
const SILENCE_MS_MAX = 60_000;

export interface Seeds {
  readonly first: number;
  readonly count: number;
}

/** A walk's end, with how long it took. */
export type Hunt = Exclude<FromWalk, { kind: "walking" }> & { readonly seconds: number };

/** A compiled copy of `core` with these patches; the unchanged one without any. Throws where it does not compile. */
export async function compiledCopy(patches: SimulatedMutant["patches"], from?: string): Promise<SourceCopy> {
  const copy = await copyOfCore(from);
  try {
    await applyPatches(copy.root, patches);
    await compileCore(copy.root);
    return copy;
  } catch (error) {
    await copy.dispose();
    throw error;
  }
}

/** Walks through the seeds in a process of its own, up to the first one that is violated. */
export async function hunt(root: string, { first, count }: Seeds, simulation = SIMULATION): Promise<Hunt> {
  const startedMs = performance.now();
  const child = fork(PROGRAM, [join(root, simulation), String(first), String(count)], { cwd: root, stdio: "ignore" });
  let seed = first;
  let last: FromWalk | undefined;
  let silence = setTimeout(() => child.kill("SIGKILL"), SILENCE_MS_MAX);
  child.on("message", (message: FromWalk) => {
    last = message;
    if (message.kind === "walking") seed = message.seed;
    clearTimeout(silence);
    silence = setTimeout(() => child.kill("SIGKILL"), SILENCE_MS_MAX);
  });
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(silence);
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  if (last && last.kind !== "walking") return { ...last, seconds };
  return { kind: "failed", seed, error: `the walk ended by itself, or hung, at seed ${seed} or soon after`, seconds };
}

/**
 * One mutant before the simulation, in a copy of `unchanged`, the compiled copy without a patch. A seed counts only where
 * that one passes it.
 */
export async function trySeeds(mutant: SimulatedMutant, seeds: Seeds, unchanged: SourceCopy): Promise<Outcome> {
  const copy = await compiledCopy(mutant.patches, unchanged.root).catch(String);
  if (typeof copy === "string") return { kind: "broken", error: copy };
  try {
    const found = await hunt(copy.root, seeds);
    if (found.kind === "failed") return { kind: "broken", error: `seed ${found.seed}: ${found.error}` };
    const { seconds } = found;
    if (found.kind === "clean") return { kind: "survived", effort: { seeds: seeds.count, seconds } };
    const { kind } = await hunt(unchanged.root, { first: found.seed, count: 1 });
    if (kind !== "clean") return { kind: "broken", error: `seed ${found.seed} fails the unchanged sources too` };
    const effort = { seeds: found.seed - seeds.first + 1, seconds };
    return { kind: "caught", by: `invariant ${found.invariant}`, detail: found.message, effort };
  } finally {
    await copy.dispose();
  }
}
