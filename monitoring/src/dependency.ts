import type { LogLines } from "./log-lines.ts";

/** How a process asks something outside itself whether it is there. */
export interface DependencyCheck {
  readonly name: string;
  /** Whether the process can do nothing useful without it. */
  readonly critical: boolean;
  /** Rejects when it is down. */
  check(): Promise<void>;
}

/** Longest wait for one answer. */
export const CHECK_MS_MAX = 1_000;
/** How long an answer serves: however many ask, the dependency is asked once a second. */
export const FRESH_MS = 1_000;

/**
 * A dependency, and what was last heard of it. Logs when it goes down and when it comes back.
 *
 * ```
 *   stale ── isUp ──▶ asking ── answer, error or CHECK_MS_MAX ──▶ fresh ── FRESH_MS ──▶ stale
 * ```
 */
export class Dependency {
  readonly name: string;
  readonly critical: boolean;
  readonly #check: () => Promise<void>;
  readonly #lines: LogLines;
  /** Set while asking and while fresh. */
  #answer: Promise<boolean> | undefined;
  #wasUp = true;

  constructor(dependency: DependencyCheck, lines: LogLines) {
    this.name = dependency.name;
    this.critical = dependency.critical;
    this.#check = () => dependency.check();
    this.#lines = lines;
  }

  /** Never rejects, and answers within {@link CHECK_MS_MAX}. */
  isUp(): Promise<boolean> {
    this.#answer ??= this.#ask();
    return this.#answer;
  }

  async #ask(): Promise<boolean> {
    try {
      await withinBound(this.#check);
      if (!this.#wasUp) this.#lines.dependencyUp(this.name, this.critical);
      this.#wasUp = true;
    } catch (error) {
      if (this.#wasUp) this.#lines.dependencyDown(this.name, this.critical, error);
      this.#wasUp = false;
    }
    setTimeout(() => {
      this.#answer = undefined;
    }, FRESH_MS).unref();
    return this.#wasUp;
  }
}

async function withinBound(check: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS_MAX} ms`)), CHECK_MS_MAX);
  });
  try {
    await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
}
