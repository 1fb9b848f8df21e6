import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { DOWNLOAD_MS_MAX, findPromtool, type Promtool } from "./promtool.ts";
import { alerts, dashboard, PROMETHEUS, recordings, ruleTestFiles, ruleTests } from "./shipped.ts";

let promtool: Promtool;
beforeAll(async () => {
  promtool = await findPromtool();
}, DOWNLOAD_MS_MAX);

function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "flashgate-rules-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it("Prometheus takes the configuration", () => {
  const folder = testFolder();
  writeFileSync(join(folder, "token"), "token");
  const text = readFileSync(`${PROMETHEUS}prometheus.yml`, "utf8");
  // promtool looks for the file; the deployment's is not here
  const config = text
    .replace("/run/secrets/ops_token", join(folder, "token"))
    .replaceAll("rules/", `${PROMETHEUS}rules/`);
  writeFileSync(join(folder, "prometheus.yml"), config);
  expect(promtool("check", "config", join(folder, "prometheus.yml"))).toMatch(/SUCCESS[\s\S]*ok$/);
});

it("Prometheus takes the rules", () => {
  const said = promtool("check", "rules", "--lint-fatal", "rules/recording.yml", "rules/alerts.yml");
  expect(said).toMatch(new RegExp(`SUCCESS: ${alerts.length} rules found[\\s\\S]*ok$`));
});

it.each(ruleTestFiles)("the rules stand %s", (file) => {
  expect(promtool("test", "rules", `tests/${file}`)).toMatch(/SUCCESS\s*ok$/);
});

it("a rule that is wrong does not stand them", () => {
  const folder = testFolder();
  const broken = readFileSync(`${PROMETHEUS}rules/alerts.yml`, "utf8").replace(
    "_job_age_seconds) > 30",
    "_job_age_seconds) > 40",
  );
  writeFileSync(join(folder, "alerts.yml"), broken);
  const tests = readFileSync(`${PROMETHEUS}tests/flow.test.yml`, "utf8");
  writeFileSync(
    join(folder, "flow.test.yml"),
    tests
      .replace("../rules/recording.yml", `${PROMETHEUS}rules/recording.yml`)
      .replace("../rules/alerts.yml", "alerts.yml"),
  );
  expect(promtool("test", "rules", join(folder, "flow.test.yml"))).toMatch(
    /FAILED[\s\S]*FlashgateQueueStuck[\s\S]*failed: 1$/,
  );
});

it("every recorded name is asked for by a test", () => {
  const asked = ruleTests.flatMap((test) => test.asked).join("\n");
  expect(recordings.map(({ record }) => record).filter((record) => !asked.includes(record))).toEqual([]);
});

it("every query of the dashboard is one that Prometheus understands", () => {
  const folder = testFolder();
  const queries = [...dashboard.panels.flatMap(({ targets }) => targets), ...dashboard.annotations.list];
  const rules = queries.map(({ expr }, index) => ({
    record: `panel:query:${index}`,
    expr: expr.replaceAll("$__rate_interval", "1m"),
  }));
  // JSON is YAML
  writeFileSync(join(folder, "panels.yml"), JSON.stringify({ groups: [{ name: "panels", rules }] }));
  const said = promtool("check", "rules", join(folder, "panels.yml"));
  expect(said).toMatch(new RegExp(`SUCCESS: ${queries.length} rules found[\\s\\S]*ok$`));
});

describe.each(alerts)("$alert", ({ alert }) => {
  const courses = ruleTests
    .map(({ expectations }) => expectations.filter(({ alertname }) => alertname === alert))
    .filter((course) => course.length > 0)
    .map((course) => course.map(({ exp_alerts }) => exp_alerts.length > 0));

  it("is tried: it does not fire before its cause, it fires, and it clears", () => {
    const whole = courses.filter((course) => course.join() === [false, true, false].join());
    expect(whole.length).toBeGreaterThan(0);
  });

  it("is tried by a near miss", () => {
    const misses = courses.filter((course) => course.every((fires) => !fires));
    expect(misses.length).toBeGreaterThan(0);
  });
});
