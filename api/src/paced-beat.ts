import type { Clock } from "@flashgate/core";

export interface Pace {
  /** Between the end of one run and the next. */
  readonly pauseMs: number;
  /** The part of the process's time that the runs may take, above 0 and at most 1: long ones come less often. */
  readonly shareMax: number;
}

/** Runs `act` again and again until the returned function is called. `clock`: by which runs are measured. */
export function beatPaced(act: () => void, { pauseMs, shareMax }: Pace, clock: Clock): () => void {
  let timer: NodeJS.Timeout;
  const run = () => {
    const startedMs = clock.nowMs();
    act();
    const tookMs = Math.max(0, clock.nowMs() - startedMs);
    timer = setTimeout(run, Math.max(pauseMs, tookMs / shareMax - tookMs));
  };
  timer = setTimeout(run, pauseMs);
  return () => clearTimeout(timer);
}
