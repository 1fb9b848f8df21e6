import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { Child, type ChildEvents, type ChildPlan } from "../src/child.ts";
import { steadyClock } from "../src/clock.ts";
import { temporaryFolder } from "./folder.ts";

function planFor(program: string): ChildPlan {
  const folder = temporaryFolder();
  return {
    name: "api-1",
    service: "api",
    program: fileURLToPath(new URL(`./programs/${program}`, import.meta.url)),
    args: ["api"],
    nodeOptions: [],
    env: { ...process.env, ENDED_FILE: join(folder, "ended") },
    logFile: join(folder, "api-1.log"),
  };
}

function startChild(plan: ChildPlan, stopTimeoutMs?: number) {
  const events = { onChanged: vi.fn(), onDied: vi.fn<ChildEvents["onDied"]>() };
  const child = new Child(plan, events, steadyClock, stopTimeoutMs);
  onTestFinished(() => child.stop());
  child.start();
  return { child, events };
}

test("a child that says so is ready, with its addresses", async () => {
  const { child, events } = startChild(planFor("ready.mjs"));
  await vi.waitFor(
    () => expect(child.addresses).toEqual({ url: "http://127.0.0.1:1", opsUrl: "http://127.0.0.1:2" }),
    10_000,
  );
  expect(events.onChanged).toHaveBeenCalled();
  expect(child.pid).toBeGreaterThan(0);
});

test("a child that is killed comes back under another pid", async () => {
  const { child, events } = startChild(planFor("ready.mjs"));
  await vi.waitFor(() => expect(child.addresses).toBeDefined(), 10_000);
  const first = child.pid ?? 0;
  process.kill(first, "SIGKILL");
  await vi.waitFor(() => expect(child.addresses && child.pid !== first).toBe(true), 10_000);
  expect(events.onDied.mock.calls.map(([, how, pauseMs]) => [how, pauseMs])).toEqual([["was ended by SIGKILL", 100]]);
});

test("a child that keeps dying is started ever more rarely", async () => {
  const { events } = startChild(planFor("refusing.mjs"));
  await vi.waitFor(() => expect(events.onDied).toHaveBeenCalledTimes(3), 10_000);
  expect(events.onDied.mock.calls.map(([, , pauseMs]) => pauseMs)).toEqual([100, 200, 400]);
  expect(events.onDied.mock.calls[0]?.[1]).toBe("ended with exit code 3");
});

test("a stopped child ends in its own way and stays away", async () => {
  const plan = planFor("ready.mjs");
  const { child, events } = startChild(plan);
  await vi.waitFor(() => expect(child.addresses).toBeDefined(), 10_000);
  await Promise.all([child.stop(), child.stop()]);
  expect(readFileSync(plan.env["ENDED_FILE"] ?? "", "utf8")).toMatch(/^(api\n)+$/);
  expect(events.onDied).not.toHaveBeenCalled();
  expect(child.pid).toBeUndefined();
});

test("a child that is stopped between two lives is not started again", async () => {
  const { child, events } = startChild(planFor("refusing.mjs"));
  await vi.waitFor(() => expect(events.onDied).toHaveBeenCalledTimes(2), 10_000);
  await child.stop();
  expect(child.pid).toBeUndefined();
  expect(events.onDied).toHaveBeenCalledTimes(2);
});

test("a child that does not end is killed", async () => {
  const { child } = startChild(planFor("deaf.mjs"), 100);
  await vi.waitFor(() => expect(child.addresses).toBeDefined(), 10_000);
  const pid = child.pid ?? 0;
  await child.stop();
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("what a child writes goes to its log, which only its owner may read", async () => {
  const plan = planFor("refusing.mjs");
  const { events } = startChild(plan);
  await vi.waitFor(() => expect(events.onDied).toHaveBeenCalled(), 10_000);
  expect(readFileSync(plan.logFile, "utf8")).toContain("PORT is no number");
  expect(statSync(plan.logFile).mode & 0o777).toBe(0o600);
});
