import { setTimeout as delay } from "node:timers/promises";

/** Whether `work`, which never rejects, ends within so many milliseconds. */
export async function inTime(work: Promise<void>, ms: number): Promise<boolean> {
  const waiting = new AbortController();
  const late = delay(ms, false, { signal: waiting.signal }).catch(() => false);
  const ended = await Promise.race([work.then(() => true), late]);
  waiting.abort();
  return ended;
}
