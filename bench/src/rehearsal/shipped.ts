import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { z } from "zod";

const FOLDER = new URL("../../../monitoring/", import.meta.url);

/** The files of monitoring/ that a deployment runs on. */
export const SHIPPED = {
  config: fileURLToPath(new URL("prometheus/prometheus.yml", FOLDER)),
  recording: fileURLToPath(new URL("prometheus/rules/recording.yml", FOLDER)),
  alerts: fileURLToPath(new URL("prometheus/rules/alerts.yml", FOLDER)),
  dashboard: fileURLToPath(new URL("grafana/dashboards/flashgate.json", FOLDER)),
} as const;

/** Where Prometheus finds what the shipped configuration names otherwise. */
export interface Places {
  /** `host:port` of each target, by job. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  readonly tokenFile: string;
  readonly ruleFiles: readonly string[];
}

interface Config {
  rule_files: readonly string[];
  readonly scrape_configs: readonly ScrapeConfig[];
}

interface ScrapeConfig {
  readonly job_name: string;
  static_configs: readonly { readonly targets: readonly string[] }[];
  readonly authorization?: { credentials_file: string };
}

/** The shipped configuration led to other places; intervals, jobs and labels stay as they are. Throws on a job without a place. */
export function adaptedConfig(text: string, { targets, tokenFile, ruleFiles }: Places): string {
  const config: Config = parse(text);
  config.rule_files = ruleFiles;
  for (const scrape of config.scrape_configs) {
    const places = targets[scrape.job_name];
    if (!places) throw new Error(`nothing here answers for the job "${scrape.job_name}" of prometheus.yml`);
    scrape.static_configs = [{ targets: places }];
    if (scrape.authorization) scrape.authorization.credentials_file = tokenFile;
  }
  return stringify(config);
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  for?: string;
}

/** The shipped alerts with no `for` longer than so many seconds; their expressions stay as they are. */
export function shortenedAlerts(text: string, forSecondsMax: number): string {
  const file: RuleFile = parse(text);
  for (const rule of file.groups.flatMap(({ rules }) => rules)) {
    if (rule.for !== undefined && secondsOf(rule.for) > forSecondsMax) rule.for = `${forSecondsMax}s`;
  }
  return stringify(file);
}

/** The names of the shipped alerts. */
export function alertNames(): string[] {
  return rulesOf(SHIPPED.alerts).flatMap(({ alert }) => alert ?? []);
}

/** An expression that ships, and what asks it: a panel's title, or a rule's name. */
export interface Question {
  readonly asker: string;
  readonly expression: string;
}

export function ruleQuestions(): Question[] {
  const rules = [...rulesOf(SHIPPED.recording), ...rulesOf(SHIPPED.alerts)];
  return rules.map(({ alert, record, expr }) => ({ asker: alert ?? record ?? "", expression: expr }));
}

const DASHBOARD = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      targets: z.array(z.object({ expr: z.string() })).default([]),
    }),
  ),
});

/** Every query of the dashboard, with what Grafana puts in place of its variables. */
export function panelQuestions(): Question[] {
  const { panels } = DASHBOARD.parse(JSON.parse(readFileSync(SHIPPED.dashboard, "utf8")));
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ asker: title, expression: expr.replaceAll("$__rate_interval", "1m") })),
  );
}

function rulesOf(path: string): readonly Rule[] {
  const file: RuleFile = parse(readFileSync(path, "utf8"));
  return file.groups.flatMap(({ rules }) => rules);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/** Of Prometheus's durations those that are whole numbers of one unit. */
function secondsOf(duration: string): number {
  const [, count, unit = ""] = /^(\d+)([smh])$/.exec(duration) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN);
  if (Number.isNaN(seconds)) throw new Error(`"${duration}" is not a number of seconds, minutes or hours`);
  return seconds;
}
