import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder for one test. A space and an accent are in its path, as in many a real one. */
export function testFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "flashgate té st-"));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Writes an executable shell script and returns its path. */
export function script(folder: string, name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
  return file;
}

/** The PATH of this process without some programs: a folder that has one is replaced by links to all else in it. */
export function pathWithout(folder: string, names: readonly string[]): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(existsSync);
  return folders
    .map((original, index) => {
      const programs = readdirSync(original);
      if (!names.some((name) => programs.includes(name))) return original;
      const copy = join(folder, `path-${index}`);
      mkdirSync(copy);
      for (const program of programs.filter((it) => !names.includes(it))) {
        symlinkSync(join(original, program), join(copy, program));
      }
      return copy;
    })
    .join(delimiter);
}
