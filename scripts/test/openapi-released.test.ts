import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { breaksBetween } from "../openapi/breaks.ts";

const DOCS = new URL("../../docs/", import.meta.url);
const FILES = ["openapi.json", "openapi-ops.json", "openapi-contest.json"] as const;

const read = async (name: string) => JSON.parse(await readFile(new URL(name, DOCS), "utf8"));

/** The clients that there are were made for the documents of the last release: what breaks them has to be said. */
describe("the documents beside those of the last release", () => {
  it.each(FILES)("%s breaks nobody but for what is declared", async (file) => {
    const declared: Readonly<Record<string, readonly string[]>> = await read("released/breaks.json");
    const found = breaksBetween(await read(`released/${file}`), await read(file));
    const hint = "undo it, or declare it in docs/released/breaks.json and say it in CHANGELOG.md";
    expect(found.sort(), hint).toEqual([...(declared[file] ?? [])].sort());
  });

  it("declares breaks of documents that there are", async () => {
    const unknown = Object.keys(await read("released/breaks.json")).filter((file) => !FILES.some((it) => it === file));
    expect(unknown).toEqual([]);
  });
});
