import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** What a process has resident now, in bytes; null where it is gone, or the system does not tell. */
export function residentBytes(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) * 1_024;
  } catch {
    return null;
  }
}

/** An idle heap gives back what it does not need some ten seconds after the last request. */
const SETTLE_MS = 20_000;
const SAMPLE_MS = 500;

/** What a process needs when it has nothing to do: the least it had resident while it rested. Null where it is gone. */
export async function restingBytes(pid: number): Promise<number | null> {
  let least: number | null = null;
  for (let restedMs = 0; restedMs < SETTLE_MS; restedMs += SAMPLE_MS) {
    await pause(SAMPLE_MS);
    const now = residentBytes(pid);
    if (now !== null) least = Math.min(least ?? now, now);
  }
  return least;
}

/**
 * How much more a process needs at rest than it did when it was warm, as a share. Under load a heap grows for as long as
 * nobody needs the room, so that only rest tells. Null where either is not known.
 */
export function growthOf(warmBytes: number | null, endBytes: number | null): number | null {
  return warmBytes === null || endBytes === null ? null : endBytes / warmBytes - 1;
}
