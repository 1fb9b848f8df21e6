import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { dashboard, type Panel, recordings } from "./shipped.ts";

const { panels } = dashboard;
const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const provisioned = (file: string) =>
  parse(readFileSync(new URL(`../grafana/provisioning/${file}`, import.meta.url), "utf8"));

it("shows what operators look for during a sale", () => {
  const wanted = [
    /ends in/,
    /^Stock/,
    /^Funnel/,
    /^Why not/,
    /outcome/,
    /how long/,
    /^Settlement/,
    /^Queue: jobs/,
    /^Queue: the longest/,
    /^Dead letters/,
    /^Redis: CPU/,
    /^Database connections/,
    /locks/,
    /^Event loops/,
    /^Drift/,
    /^Streams/,
    /^Rotation log/,
  ];
  for (const title of wanted) expect(panels.filter((panel) => title.test(panel.title)).length, String(title)).toBe(1);
});

it("has panels that each say what they are, lie beside one another, and ask the provisioned source", () => {
  const { datasources } = provisioned("datasources/prometheus.yml");
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  for (const panel of panels) {
    expect(panel.datasource.uid, panel.title).toBe(datasources[0].uid);
    expect(panel.targets.length, panel.title).toBeGreaterThan(0);
    expect(new Set(panel.targets.map(({ refId }) => refId)).size, panel.title).toBe(panel.targets.length);
    expect(panel.gridPos.x + panel.gridPos.w, panel.title).toBeLessThanOrEqual(24);
  }
  const pairs = panels.flatMap((one, index) => panels.slice(index + 1).map((other) => [one, other] as const));
  const overlaps = pairs
    .filter(([one, other]) => overlap(one, other))
    .map(([one, other]) => `${one.title}/${other.title}`);
  expect(overlaps).toEqual([]);
});

it("asks Prometheus for recorded rules by names that are recorded", () => {
  const recorded = new Set(recordings.map(({ record }) => record));
  const asked = queries.flatMap((query) => query.match(/\b\w+:\w+:\w+\b/g) ?? []);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((name) => !recorded.has(name))).toEqual([]);
});

it("never sums what every scheduler tells alike", () => {
  const shared =
    /\bsum\b[^)]*\b(flashgate_(?:stock_items|oversold_items|drift_items|oldest_hold_age_seconds|queue_jobs|queue_oldest_job_age_seconds|sale_rotation_delay_seconds|gate_open|gate_epoch|dead_letters))\b/;
  expect(queries.filter((query) => shared.test(query))).toEqual([]);
});

it("is looked for where the compose file puts it", () => {
  const { providers } = provisioned("dashboards/flashgate.yml");
  expect(providers[0].options.path).toBe("/var/lib/grafana/dashboards");
});

function overlap(one: Panel, other: Panel): boolean {
  const apart = (a: Panel["gridPos"], b: Panel["gridPos"]) => a.x + a.w <= b.x || a.y + a.h <= b.y;
  return !apart(one.gridPos, other.gridPos) && !apart(other.gridPos, one.gridPos);
}
