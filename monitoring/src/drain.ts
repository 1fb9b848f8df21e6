import type { Clock } from "@flashgate/core";
import type { LogLines } from "./log-lines.ts";

/** Something that a stopping process does before it does the next. */
export interface DrainStep {
  readonly name: string;
  readonly run: () => unknown;
}

export interface DrainParts {
  readonly lines: LogLines;
  readonly clock: Clock;
  /** After which the process is ended, whatever it is at. */
  readonly boundMs: number;
}

/** How long before its end a process that does not stop in time says where it hangs. */
const WARNING_MS = 250;

/** Stops a process, step by step. A step that fails is told of and does not keep the others. Never rejects. */
export async function drain(steps: readonly DrainStep[], { lines, clock, boundMs }: DrainParts): Promise<void> {
  const startedMs = clock.nowMs();
  let current = "";
  const late = setTimeout(() => lines.drainLate(current, boundMs), boundMs - WARNING_MS);
  lines.draining(boundMs);
  for (const { name, run } of steps) {
    current = name;
    try {
      await run();
    } catch (error) {
      lines.drainStepFailed(name, error);
    }
  }
  clearTimeout(late);
  await lines.drained(clock.nowMs() - startedMs);
}
