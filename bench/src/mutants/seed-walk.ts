/**
 * A process of its own: walks through seeds of the simulation in somebody's copy of `core` until one is violated, and
 * tells its parent how it goes. Arguments: the compiled simulation, the first seed, how many.
 */
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

export type FromWalk =
  | { readonly kind: "walking"; readonly seed: number }
  | { readonly kind: "violated"; readonly seed: number; readonly invariant: string; readonly message: string }
  | { readonly kind: "clean" }
  | { readonly kind: "failed"; readonly seed: number; readonly error: string };

/** What a walk asks of a simulation. */
interface Simulation {
  simulate(seed: number): Promise<{
    readonly violation: { readonly invariant: number | string; readonly message: string } | null;
  }>;
}

const HEARTBEAT_MS = 1_000;

async function walk(simulationFile: string, first: number, count: number): Promise<FromWalk> {
  let seed = first;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  try {
    const { simulate } = (await import(pathToFileURL(simulationFile).href)) as Simulation;
    for (; seed < first + count; seed++) {
      if (performance.now() - toldAtMs >= HEARTBEAT_MS) {
        toldAtMs = performance.now();
        tell({ kind: "walking", seed });
      }
      const { violation } = await simulate(seed);
      if (violation)
        return { kind: "violated", seed, invariant: String(violation.invariant), message: violation.message };
    }
    return { kind: "clean" };
  } catch (error) {
    return { kind: "failed", seed, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function tell(message: FromWalk): void {
  process.send?.(message);
}

const [, , simulationFile = "", first, count] = argv;
tell(await walk(simulationFile, Number(first), Number(count)));
process.disconnect();
