import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runOwnCommand } from "../src/own-command.ts";
import { temporaryFolder } from "./folder.ts";

/** A program of these lines, as this one would be run. */
function programOf(lines: string) {
  const folder = temporaryFolder();
  const program = join(folder, "program.mjs");
  writeFileSync(program, lines);
  const ending = new AbortController();
  const logFile = join(folder, "crowd.log");
  const run = (...words: string[]) =>
    runOwnCommand(words, { program, env: process.env, logFile, signal: ending.signal });
  return { run, ending, logFile };
}

test("what a command prints is its answer, and in the log", async () => {
  const { run, logFile } = programOf("console.log(JSON.stringify(process.argv.slice(2)));");
  expect(await run("sale", "new")).toBe('["sale","new"]\n');
  expect(readFileSync(logFile, "utf8")).toBe('["sale","new"]\n');
});

test("one that fails says so with its last words, and where the others are", async () => {
  const { run, logFile } = programOf('console.error("first\\nNo api runs"); process.exitCode = 1;');
  await expect(run("load")).rejects.toThrow(`No api runs (see ${logFile})`);
  const silent = programOf("process.exitCode = 3;");
  await expect(silent.run("load")).rejects.toThrow('"load" ended with 3');
});

test("one that is not wanted any more is ended", async () => {
  const { run, ending } = programOf("setInterval(() => undefined, 1_000);");
  const running = run("load");
  ending.abort();
  await expect(running).rejects.toThrow("abort");
});
