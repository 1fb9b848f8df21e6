import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAILPOINTS, type Failpoint } from "@flashgate/monitoring";
import { expect } from "vitest";

/** As often as any test springs one trap. */
const TIMES_MAX = 5;
const SPRUNG_MS_MAX = 40_000;

/**
 * Every failpoint of a deployment, under the test's control: a point is armed with markers that exist, so that nobody
 * reaches it, until {@link set} takes one away.
 */
export class Traps {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const point of POINTS) for (let time = 1; time <= TIMES_MAX; time += 1) this.#spring(point, time);
  }

  /** For the environment of the deployment. */
  get env(): NodeJS.ProcessEnv {
    const armed = POINTS.map((point) => `${point}@${join(this.#folder, point)}*${TIMES_MAX}`);
    return { FLASHGATE_FAILPOINTS: armed.join(",") };
  }

  /** The next processes that come to the point die there, one for each time. */
  set(point: Failpoint, times = 1): void {
    for (let time = 1; time <= times; time += 1) rmSync(this.#marker(point, time), { force: true });
  }

  /** The pids of those who died; resolves once all have. */
  async sprung(point: Failpoint, times = 1): Promise<number[]> {
    const victims = () => Array.from({ length: times }, (_, index) => this.#victim(point, index + 1));
    await expect.poll(victims, { timeout: SPRUNG_MS_MAX, interval: 50 }).not.toContain(null);
    return victims().map(Number);
  }

  #marker(point: Failpoint, time: number): string {
    return join(this.#folder, `${point}.${time}`);
  }

  #spring(point: Failpoint, time: number): void {
    writeFileSync(this.#marker(point, time), "0");
  }

  #victim(point: Failpoint, time: number): number | null {
    try {
      return Number(readFileSync(this.#marker(point, time), "utf8")) || null;
    } catch {
      return null;
    }
  }
}

export const POINTS = Object.keys(FAILPOINTS) as Failpoint[];

/** The service that comes to a point. */
export function serviceAt(point: Failpoint): "api" | "worker" | "scheduler" {
  return FAILPOINTS[point].slice(0, FAILPOINTS[point].indexOf(":")) as "api" | "worker" | "scheduler";
}
