import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { drain, LogLines } from "@flashgate/monitoring";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { writtenLines } from "./written-lines.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function openDrain() {
  const { logger, records } = writtenLines();
  const clock = { nowMs: () => Date.now() };
  return { records, parts: { lines: new LogLines(logger), clock, boundMs: 15_000 } };
}

it("goes step by step, in order, and tells its begin and its end", async () => {
  const { records, parts } = openDrain();
  const done: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const stopped = drain(
    [
      { name: "unready", run: () => done.push("unready") },
      { name: "pages", run: () => gate.then(() => done.push("pages")) },
      { name: "ledger", run: () => done.push("ledger") },
    ],
    parts,
  );
  await vi.advanceTimersByTimeAsync(3_000);
  expect(done).toEqual(["unready"]);
  open();
  await stopped;
  expect(done).toEqual(["unready", "pages", "ledger"]);
  expect(records()).toMatchObject([
    { msg: "stopping", bound_ms: 15_000 },
    { msg: "stopped", duration_ms: 3_000 },
  ]);
});

it("goes on after a step that fails, and tells of it", async () => {
  const { records, parts } = openDrain();
  const done: string[] = [];
  await drain(
    [
      { name: "queue", run: () => Promise.reject(new Error("redis is away")) },
      { name: "ledger", run: () => done.push("ledger") },
    ],
    parts,
  );
  expect(done).toEqual(["ledger"]);
  expect(records()[1]).toMatchObject({ level: "warn", step: "queue", err: { message: "redis is away" } });
});

it("says where it hangs before it is cut off", async () => {
  const { records, parts } = openDrain();
  void drain([{ name: "pages", run: () => new Promise(() => undefined) }], parts);
  await vi.advanceTimersByTimeAsync(14_749);
  expect(records()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(records()[1]).toMatchObject({ level: "error", step: "pages", bound_ms: 15_000 });
});

it("has its last words written, in order, before the process ends", async () => {
  const program = fileURLToPath(new URL("./programs/last-words.mjs", import.meta.url));
  const file = join(mkdtempSync(join(tmpdir(), "flashgate-last-words-")), "log");
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  const messages = Array.from({ length: 20 }, () => {
    const log = openSync(file, "w+");
    spawnSync(process.execPath, [program], { stdio: ["ignore", log, "inherit"] });
    closeSync(log);
    return readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).msg);
  });
  const inOrder = ["stopping", expect.stringContaining("step"), "stopped"];
  expect(messages).toEqual(Array.from({ length: 20 }, () => inOrder));
});
