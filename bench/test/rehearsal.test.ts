import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { RehearsalReport } from "../src/rehearsal/rehearsal-report.ts";

const PROGRAM = fileURLToPath(new URL("../dist/rehearse.js", import.meta.url));

it("sets off alerts on a whole deployment, sees them clear, and misses no metric that rules and dashboard ask for", async () => {
  const args = [PROGRAM, "--scenes", "target-down,redis-log", "--for-seconds-max", "5", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((failed) => failed);
  const report: RehearsalReport = JSON.parse(stdout);
  expect(report.complaints).toEqual([]);
  const alerts = report.scenes.flatMap((scene) => scene.alerts);
  expect(alerts.map(({ alert }) => alert)).toEqual(["FlashgateTargetDown", "FlashgateRedisLog"]);
  expect(alerts.flatMap(({ firedAfterMs, clearedAfterMs }) => [firedAfterMs, clearedAfterMs])).not.toContain(null);
}, 420_000);
