import { z } from "zod";

const QUERY_MS_MAX = 10_000;

const ALERTS = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.looseObject({ alertname: z.string() }),
        annotations: z.record(z.string(), z.string()),
        state: z.enum(["pending", "firing"]),
      }),
    ),
  }),
});
const VECTOR = z.object({ data: z.object({ result: z.array(z.unknown()) }) });
const NAMES = z.object({ data: z.array(z.string()) });
const TARGETS = z.object({
  data: z.object({ activeTargets: z.array(z.object({ scrapeUrl: z.string(), health: z.string() })) }),
});

/** An alert that fires now. */
export interface FiringAlert {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A running Prometheus, asked over its API. */
export class Prometheus {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async firing(): Promise<FiringAlert[]> {
    const { data } = ALERTS.parse(await this.#get("alerts"));
    return data.alerts
      .filter(({ state }) => state === "firing")
      .map(({ labels, annotations }) => ({ name: labels.alertname, annotations }));
  }

  /** How many series the expression has now. Throws on one that Prometheus refuses. */
  async seriesOf(expression: string): Promise<number> {
    const answer = await this.#get(`query?query=${encodeURIComponent(expression)}`);
    return VECTOR.parse(answer).data.result.length;
  }

  /** The names of all metrics that it has heard of or made itself. */
  async names(): Promise<ReadonlySet<string>> {
    return new Set(NAMES.parse(await this.#get("label/__name__/values")).data);
  }

  /** The addresses that do not answer its scrapes. */
  async silentTargets(): Promise<string[]> {
    const { data } = TARGETS.parse(await this.#get("targets?state=active"));
    return data.activeTargets.filter(({ health }) => health !== "up").map(({ scrapeUrl }) => scrapeUrl);
  }

  async #get(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#url}/api/v1/${path}`, { signal: AbortSignal.timeout(QUERY_MS_MAX) });
    if (!answer.ok) throw new Error(`Prometheus answers ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}
