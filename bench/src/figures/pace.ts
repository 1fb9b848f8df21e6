import { setTimeout as pause } from "node:timers/promises";

/** Does it for each number below `count`, `atOnce` at a time. */
export async function eachOf(count: number, atOnce: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/**
 * Begins it `count` times, so many a second, whether those before have ended or not; resolves when all have. `act` is
 * told when it was meant to begin, by performance.now(): what is late counts from then.
 */
export async function atRate<Value>(
  count: number,
  perS: number,
  act: (index: number, meantMs: number) => Promise<Value>,
): Promise<Value[]> {
  const startedMs = performance.now();
  const begun: Promise<Value>[] = [];
  for (let index = 0; index < count; index += 1) {
    const meantMs = startedMs + (index * 1_000) / perS;
    const waitMs = meantMs - performance.now();
    if (waitMs > 0) await pause(waitMs);
    const result = act(index, meantMs);
    // told of with the others, when all have begun
    result.catch(() => undefined);
    begun.push(result);
  }
  return Promise.all(begun);
}
