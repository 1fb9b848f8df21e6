import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { Children } from "../src/children.ts";
import { steadyClock } from "../src/clock.ts";
import { childPlans } from "../src/instance-plan.ts";
import { upStateOf } from "../src/up-state.ts";
import { temporaryFolder } from "./folder.ts";

function childrenOf(program: string) {
  const folder = temporaryFolder();
  const ended = join(folder, "ended");
  const plans = childPlans({
    program: fileURLToPath(new URL(`./programs/${program}`, import.meta.url)),
    apiPorts: [3_000, 3_001],
    workers: 1,
    schedulers: 1,
    logsDir: folder,
    env: { ...process.env, ENDED_FILE: ended, OPS_PORT: "9000" },
    schedulerEnv: { REDIS_URL: "redis://opener" },
  });
  const events = { onChanged: vi.fn(), onDied: vi.fn<(line: string) => void>() };
  const children = new Children(plans, events, steadyClock);
  onTestFinished(() => children.stop());
  return { children, events, ended, plans };
}

test("each process has its name, its log and its port; none shares an ops port", () => {
  const { plans } = childrenOf("ready.mjs");
  expect(plans.map(({ name }) => name)).toEqual(["api-1", "api-2", "worker-1", "scheduler-1"]);
  expect(plans.map(({ env }) => env["PORT"])).toEqual(["3000", "3001", process.env["PORT"], process.env["PORT"]]);
  expect(new Set(plans.map(({ env }) => env["OPS_PORT"]))).toEqual(new Set(["0"]));
  expect(plans.map(({ env }) => env["REDIS_URL"] === "redis://opener")).toEqual([false, false, false, true]);
  expect(plans[2]?.logFile.endsWith("worker-1.log")).toBe(true);
});

test("all are ready when the start is over, and the state names them", async () => {
  const { children } = childrenOf("ready.mjs");
  await children.start();
  const { pids, api_urls: apiUrls, ops_urls: opsUrls } = upStateOf(children.list(), 1, "now");
  expect(Object.entries(pids).map(([service, found]) => [service, found.length])).toEqual([
    ["api", 2],
    ["worker", 1],
    ["scheduler", 1],
  ]);
  expect(apiUrls.length).toBeGreaterThanOrEqual(2);
  expect(opsUrls["worker"]).toEqual(["http://127.0.0.1:2"]);
});

test("the state follows a child that dies and comes back", async () => {
  const { children, events } = childrenOf("ready.mjs");
  await children.start();
  const workers = () => upStateOf(children.list(), 1, "now").pids["worker"] ?? [];
  const [first = 0] = workers();
  const seen: number[][] = [];
  events.onChanged.mockImplementation(() => seen.push([...workers()]));
  process.kill(first, "SIGKILL");
  await vi.waitFor(() => expect(seen).toHaveLength(2), 10_000);
  expect(seen).toEqual([[], [expect.any(Number)]]);
  expect(workers()).not.toContain(first);
  expect(events.onDied.mock.calls).toEqual([[expect.stringContaining("worker-1 was ended by SIGKILL")]]);
});

test("who takes work stops before who does it", async () => {
  const { children, ended } = childrenOf("ready.mjs");
  await children.start();
  await children.stop();
  expect(readFileSync(ended, "utf8").trim().split("\n")).toEqual(["api", "api", "worker", "scheduler"]);
});

test("a process that cannot start fails the start, with its last words", async () => {
  const { children } = childrenOf("refusing.mjs");
  await expect(children.start()).rejects.toThrow(
    /ended with exit code 3: the settings are not usable: PORT is no number \(see .*\.log\)/,
  );
});

test("a stop ends a start that is under way", async () => {
  const { children } = childrenOf("ready.mjs");
  const starting = children.start();
  await children.stop();
  await expect(starting).resolves.toBeUndefined();
  expect(children.list().every(({ pid }) => pid === undefined)).toBe(true);
});
