import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readUpState, removeUpState, type UpState, upFile, writeUpState } from "../src/up-state.ts";
import { temporaryFolder } from "./folder.ts";

const stateOf = (pid: number): UpState => ({
  pid,
  started_at: "2026-01-01T00:00:00.000Z",
  api_urls: ["http://127.0.0.1:3000"],
  ops_urls: { api: ["http://127.0.0.1:9000"] },
  pids: { api: [1], worker: [2], scheduler: [3] },
});

/** Starts a process that looks like `flashgate up`. */
async function startSupervisor() {
  const program = fileURLToPath(new URL("./programs/flashgate.mjs", import.meta.url));
  const child = fork(program, ["up"], { execArgv: [] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

test("a running instance is found, and only its owner may read where", async () => {
  const folder = temporaryFolder();
  const { pid = 0 } = await startSupervisor();
  writeUpState(folder, stateOf(pid));
  expect(readUpState(folder)).toEqual(stateOf(pid));
  expect(statSync(upFile(folder)).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["up.json"]);
});

test("what a killed instance left behind is ignored", async () => {
  const folder = temporaryFolder();
  const child = await startSupervisor();
  writeUpState(folder, stateOf(child.pid ?? 0));
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(readUpState(folder)).toBeUndefined();
});

test("a pid that another program has by now is no instance", () => {
  const folder = temporaryFolder();
  writeUpState(folder, stateOf(process.ppid));
  expect(readUpState(folder)).toBeUndefined();
});

test("no folder, no file and a file of something else are no instance", () => {
  const folder = temporaryFolder();
  expect(readUpState(`${folder}/none`)).toBeUndefined();
  expect(readUpState(folder)).toBeUndefined();
  writeFileSync(upFile(folder), '{"pid": "everybody"}');
  expect(readUpState(folder)).toBeUndefined();
  writeFileSync(upFile(folder), "{");
  expect(readUpState(folder)).toBeUndefined();
});

test("an instance removes its own state and no other's", () => {
  const folder = temporaryFolder();
  writeUpState(folder, stateOf(41));
  removeUpState(folder, 42);
  expect(existsSync(upFile(folder))).toBe(true);
  removeUpState(folder, 41);
  expect(existsSync(upFile(folder))).toBe(false);
  removeUpState(folder, 41);
});
