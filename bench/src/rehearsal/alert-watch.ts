import { until } from "../fleet/until.ts";
import type { Prometheus } from "./prometheus.ts";

/** The longest `for` is two minutes, and a look at the books comes every 15 s. */
const FIRED_MS_MAX = 240_000;
const CLEARED_MS_MAX = 300_000;
const ASK_EVERY_MS = 500;

/** What came of one alert. Null: it did not come to that. */
export interface AlertResult {
  readonly alert: string;
  readonly firedAfterMs: number | null;
  readonly clearedAfterMs: number | null;
  /** What it said when it fired. */
  readonly summary: string;
}

type Course = { -readonly [Name in keyof Omit<AlertResult, "alert">]: AlertResult[Name] };

/** Watches some alerts fire and clear. */
export class AlertWatch {
  readonly #prometheus: Prometheus;
  readonly #courses: ReadonlyMap<string, Course>;
  readonly #beside = new Set<string>();

  constructor(prometheus: Prometheus, alerts: readonly string[]) {
    this.#prometheus = prometheus;
    this.#courses = new Map(alerts.map((alert) => [alert, { firedAfterMs: null, clearedAfterMs: null, summary: "" }]));
  }

  results(): AlertResult[] {
    return [...this.#courses].map(([alert, course]) => ({ alert, ...course }));
  }

  /** Others that fired meanwhile. */
  beside(): string[] {
    return [...this.#beside].sort();
  }

  /** An alert that fires before its cause would prove nothing. */
  async untilQuiet(): Promise<void> {
    const quiet = async () => (await this.#look()).size === 0;
    if (!(await until(quiet, CLEARED_MS_MAX, { everyMs: ASK_EVERY_MS }))) throw new Error("it fires before its cause");
    this.#beside.clear();
  }

  async untilFiring(): Promise<void> {
    const sinceMs = performance.now();
    const allFired = async () => {
      const firing = await this.#look();
      for (const [alert, course] of this.#courses) {
        const summary = firing.get(alert);
        if (summary === undefined || course.firedAfterMs !== null) continue;
        course.firedAfterMs = performance.now() - sinceMs;
        course.summary = summary;
      }
      return [...this.#courses.values()].every(({ firedAfterMs }) => firedAfterMs !== null);
    };
    if (!(await until(allFired, FIRED_MS_MAX, { everyMs: ASK_EVERY_MS }))) throw new Error("not every alert fired");
  }

  async untilCleared(): Promise<void> {
    const sinceMs = performance.now();
    const allCleared = async () => {
      const firing = await this.#look();
      for (const [alert, course] of this.#courses) {
        if (!firing.has(alert)) course.clearedAfterMs ??= performance.now() - sinceMs;
      }
      return firing.size === 0;
    };
    if (!(await until(allCleared, CLEARED_MS_MAX, { everyMs: ASK_EVERY_MS })))
      throw new Error("not every alert cleared");
  }

  /** Of its alerts those that fire now, with their summaries. */
  async #look(): Promise<ReadonlyMap<string, string>> {
    const firing = new Map<string, string>();
    for (const { name, annotations } of await this.#prometheus.firing()) {
      if (this.#courses.has(name)) firing.set(name, annotations["summary"] ?? "");
      else this.#beside.add(name);
    }
    return firing;
  }
}
