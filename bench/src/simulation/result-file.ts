import { appendFile, readFile, truncate } from "node:fs/promises";
import { z } from "zod";
import { RANGE_RESULT, type RangeResult } from "./range-result.ts";
import { overlapOf, wordsFor } from "./seed-range.ts";

/** A result file that cannot be used, and what to do about it. */
export class UnusableResults extends Error {
  override readonly name = "UnusableResults";
}

/** Reads a result file, one range a line; a last line that a kill cut short is left out. None where there is no file. */
export async function readResults(path: string): Promise<RangeResult[]> {
  const text = wholeLines(await textOf(path));
  const results = text.split("\n").flatMap((line, index) => (line === "" ? [] : [parse(line, `${path}:${index + 1}`)]));
  return distinct(results, path);
}

/** Reads a result file to write on: what a kill cut short is cut off. */
export async function resumeResults(path: string): Promise<RangeResult[]> {
  const results = await readResults(path);
  const text = await textOf(path);
  if (text !== wholeLines(text)) await truncate(path, Buffer.byteLength(wholeLines(text)));
  return results;
}

/** Writes a finished range behind the others. */
export async function appendResult(path: string, result: RangeResult): Promise<void> {
  await appendFile(path, `${JSON.stringify(result)}\n`);
}

/** Each range once. Throws where two ranges share seeds without being the same, or come from different code. */
export function distinct(results: readonly RangeResult[], where: string): RangeResult[] {
  const byRange = new Map(results.map((result) => [`${result.first} ${result.seeds} ${result.code}`, result]));
  const each = [...byRange.values()].sort((a, b) => a.first - b.first);
  const codes = new Set(each.map(({ code }) => code));
  if (codes.size > 1) {
    throw new UnusableResults(
      `${where} holds results of different code (${[...codes].join(", ")}): keep one file each`,
    );
  }
  const overlap = overlapOf(each);
  if (overlap) {
    const [one, other] = overlap;
    throw new UnusableResults(`${where} holds seeds ${wordsFor(one)} and ${wordsFor(other)}, which overlap: drop one`);
  }
  return each;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new UnusableResults(`${path} cannot be read: ${error.message}`);
  });
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

function parse(line: string, where: string): RangeResult {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UnusableResults(`${where} is not JSON: name a file that simulate wrote with --out`);
  }
  const parsed = RANGE_RESULT.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UnusableResults(`${where} is no result of simulate: ${z.prettifyError(parsed.error)}`);
}
