import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lastWords } from "../src/log-tail.ts";
import { temporaryFolder } from "./folder.ts";

function wordsOf(text: string): string {
  const file = join(temporaryFolder(), "x.log");
  writeFileSync(file, text);
  return lastWords(file);
}

test("a printed error is told whole, on one line", () => {
  expect(wordsOf('{"msg":"hello"}\nerror: old\nerror: not usable:\n  ✖ too short\n    → at PORT\n')).toBe(
    "not usable: ✖ too short → at PORT",
  );
});

test("a JSON line is told by its message and its error", () => {
  expect(wordsOf('error: before\n{"level":"fatal","msg":"it stops","err":{"message":"no disk"}}\n')).toBe(
    "it stops: no disk",
  );
});

test("other text is told by its last line, and nothing by nothing", () => {
  expect(wordsOf("Segmentation\nfault\n")).toBe("fault");
  expect(wordsOf("{half a line")).toBe("{half a line");
  expect(wordsOf("")).toBe("");
  expect(lastWords(join(temporaryFolder(), "none.log"))).toBe("");
});
