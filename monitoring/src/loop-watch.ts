import { url as inspectorUrl } from "node:inspector";
import { Worker } from "node:worker_threads";
import type { Clock } from "@flashgate/core";
import type { Service } from "./registry.ts";

export interface LoopWatchOptions {
  readonly service: Service;
  readonly clock: Clock;
  readonly everyMs?: number;
  /** How long the loop may stand still before the process is ended. */
  readonly stuckMs?: number;
}

const EVERY_MS = 1_000;
/** Nothing here blocks for a hundredth of it. */
const STUCK_MS = 15_000;
/** The thread does next to nothing; by default it would reserve what a program needs. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };
const MESSAGE = "event loop is stuck: the process ends, to be started again";

/**
 * Ends the process by SIGKILL, with a line that says so, when its event loop does not turn for `stuckMs`: it answers
 * nobody then, not even a signal, and whoever supervises it starts another. Not under a debugger, which stops loops.
 */
export function watchEventLoop(options: LoopWatchOptions): void {
  const { service, clock, everyMs = EVERY_MS, stuckMs = STUCK_MS } = options;
  if (inspectorUrl() !== undefined) return;
  const beats = new BigInt64Array(new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT));
  const beat = () => {
    Atomics.add(beats, 0, 1n);
    Atomics.store(beats, 1, BigInt(Math.round(clock.nowMs())));
  };
  beat();
  setInterval(beat, everyMs / 2).unref();
  const line = { service, pid: process.pid, msg: MESSAGE };
  const thread = new Worker(new URL("../threads/loop-watch.mjs", import.meta.url), {
    workerData: { beats, everyMs, looksMax: Math.ceil(stuckMs / everyMs), line },
    execArgv: [],
    resourceLimits: LIMITS,
  });
  // A process is no worse without its watch than before there was one.
  thread.on("error", () => undefined);
  thread.unref();
}
