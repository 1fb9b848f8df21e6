import { readFileSync } from "node:fs";

/** What a process has resident now, in bytes; null where it is gone, or the system does not tell. */
export function residentBytes(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) * 1_024;
  } catch {
    return null;
  }
}

/** Shares of a run: what comes before is warming up; the mean of what follows is held against that of the end. */
const WARM = 0.3;
const WINDOW = 0.15;

/**
 * How much a process grew, as a share: the mean of the last samples over the mean of those right after it was warm. A
 * heap breathes, so that single samples say nothing. Null for too few samples.
 */
export function growthOf(samples: readonly number[]): number | null {
  const window = Math.floor(samples.length * WINDOW);
  if (window < 3) return null;
  const from = Math.floor(samples.length * WARM);
  const early = mean(samples.slice(from, from + window));
  return mean(samples.slice(-window)) / early - 1;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
