import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { RehearsalReport } from "../src/rehearsal/rehearsal-report.ts";

const PROGRAM = fileURLToPath(new URL("../dist/rehearse.js", import.meta.url));

it("sets off alerts on a whole deployment, and sees them clear by what the runbook says", async () => {
  const args = [PROGRAM, "--scenes", "oversold,drift,redis-log", "--for-seconds-max", "10", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((failed) => failed);
  const report: RehearsalReport = JSON.parse(stdout);
  expect(report.complaints).toEqual([]);
  const alerts = report.scenes.flatMap((scene) => scene.alerts);
  expect(alerts.map(({ alert }) => alert)).toEqual(["FlashgateOversold", "FlashgateDrift", "FlashgateRedisLog"]);
  expect(alerts.filter(({ firedAfterMs, clearedAfterMs }) => firedAfterMs === null || clearedAfterMs === null)).toEqual(
    [],
  );
}, 420_000);
