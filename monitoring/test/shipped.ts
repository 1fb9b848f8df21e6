import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** Of Prometheus's configuration and rules. */
export const PROMETHEUS = fileURLToPath(new URL("../prometheus/", import.meta.url));
export const RUNBOOK = fileURLToPath(new URL("../../docs/runbook/", import.meta.url));

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export const alerts = rulesIn<AlertRule>("rules/alerts.yml");
export const recordings = rulesIn<RecordingRule>("rules/recording.yml");

function rulesIn<Rule>(path: string): Rule[] {
  const { groups }: { groups: { rules: Rule[] }[] } = parse(readFileSync(`${PROMETHEUS}${path}`, "utf8"));
  return groups.flatMap(({ rules }) => rules);
}

/** What one test of promtool expects of one alert, in the order of time. */
export interface Expectation {
  readonly alertname: string;
  readonly exp_alerts: readonly unknown[];
}

interface RuleTest {
  readonly alert_rule_test?: readonly Expectation[];
  readonly promql_expr_test?: readonly { readonly expr: string }[];
}

/** The unit tests of the rules: what each expects of alerts, and what it asks. */
export const ruleTestFiles = readdirSync(`${PROMETHEUS}tests`).filter((name) => name.endsWith(".test.yml"));
export const ruleTests = ruleTestFiles.flatMap((name) => {
  const { tests }: { tests: RuleTest[] } = parse(readFileSync(`${PROMETHEUS}tests/${name}`, "utf8"));
  return tests.map(({ alert_rule_test: expectations = [], promql_expr_test: asked = [] }) => ({
    expectations,
    asked: asked.map(({ expr }) => expr),
  }));
});

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource: { readonly uid: string };
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly panels: readonly Panel[];
}

export const dashboard: Dashboard = JSON.parse(
  readFileSync(new URL("../grafana/dashboards/flashgate.json", import.meta.url), "utf8"),
);
