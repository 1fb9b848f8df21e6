import { readFileSync } from "node:fs";
import { z } from "zod";
import { SHIPPED } from "./shipped.ts";

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

const DASHBOARD = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      targets: z.array(z.object({ expr: z.string() })).default([]),
    }),
  ),
});

export interface PanelQuery {
  readonly panel: string;
  readonly expression: string;
}

/** Every query of the shipped dashboard, with what Grafana puts in place of its variables. */
export function panelQueries(): PanelQuery[] {
  const { panels } = DASHBOARD.parse(JSON.parse(readFileSync(SHIPPED.dashboard, "utf8")));
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ panel: title, expression: expr.replaceAll("$__rate_interval", "1m") })),
  );
}
