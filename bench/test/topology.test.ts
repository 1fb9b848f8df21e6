import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { Rehearsal } from "../src/topology/rehearsal.ts";

const PROGRAM = fileURLToPath(new URL("../dist/topology.js", import.meta.url));
/** What a compose file hands on where it is set. */
const HANDED_ON = ["AUTH", "JWT_JWKS_URL", "RATE_LIMIT_USER", "RATE_LIMIT_ADDRESS", "ROTATION", "LOG_LEVEL"];

it("runs the compose file as plain processes: streams, waits, sells under restarts, stops in time", async () => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !HANDED_ON.includes(name)));
  const args = [
    PROGRAM,
    "--json",
    "--items",
    "20000",
    "--buyers",
    "32",
    "--rate",
    "100",
    "--seconds",
    "12",
    "--wait",
    "3",
  ];
  const run = await promisify(execFile)(process.execPath, args, { env }).catch((failed) => failed);
  expect(run.stderr).toBe("");
  const account: Rehearsal = JSON.parse(run.stdout);
  expect(account.faults).toEqual([]);
  expect(account.ok).toBe(true);
  expect(account.ran).toEqual(expect.arrayContaining(["nginx", "api-1", "api-2", "worker-1", "worker-2", "scheduler"]));
  expect(account.leftOut).toEqual(["prometheus", "grafana", "redis-exporter", "postgres-exporter"]);
  expect(account.load.acknowledged).toBeGreaterThan(1_000);
  expect(account.endings.map(({ name }) => name).sort()).toEqual(
    account.ran.filter((name) => !["migrate", "redis-users"].includes(name)).sort(),
  );
}, 180_000);
