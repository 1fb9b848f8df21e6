import { readFileSync } from "node:fs";

/**
 * The last thing a log says, on one line and in plain words: an error as it was printed, or the message of a JSON line.
 * Empty when the log says nothing.
 */
export function lastWords(logFile: string): string {
  const lines = readText(logFile).trimEnd().split("\n");
  const last = lines.at(-1) ?? "";
  if (last.startsWith("{")) return messageOf(last);
  const printed = lines.slice(lines.findLastIndex((line) => line.startsWith(PRINTED)));
  return printed
    .map((line) => line.trim())
    .join(" ")
    .replace(PRINTED, "");
}

/** How this program starts an error, which may take several lines. */
const PRINTED = "error: ";

function messageOf(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return [msg, err?.message].filter((part) => part !== undefined).join(": ");
  } catch {
    return line;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
