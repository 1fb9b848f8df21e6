import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cachedFolder } from "../src/cached-folder.ts";
import { testFolder } from "./folder.ts";

test("of two that fill it at once, the first to finish is kept whole, and nothing else stays", async () => {
  const parent = testFolder();
  const folder = join(parent, "copy");
  let letSecondFinish = () => {};
  const secondMayFinish = new Promise<void>((resolve) => {
    letSecondFinish = resolve;
  });
  const fill = (name: string, until: Promise<void>) => async (draft: string) => {
    writeFileSync(join(draft, "by"), name);
    await until;
  };
  const second = cachedFolder(folder, fill("second", secondMayFinish));
  await cachedFolder(folder, fill("first", Promise.resolve()));
  letSecondFinish();
  await second;
  expect(readFileSync(join(folder, "by"), "utf8")).toBe("first");
  expect(readdirSync(parent)).toEqual(["copy"]);
});

test("what is there is not filled again", async () => {
  const folder = join(testFolder(), "copy");
  mkdirSync(folder);
  await cachedFolder(folder, () => Promise.reject(new Error("filled again")));
  expect(readdirSync(folder)).toEqual([]);
});

test("a failed fill leaves nothing", async () => {
  const parent = testFolder();
  const failing = cachedFolder(join(parent, "copy"), () => Promise.reject(new Error("no network")));
  await expect(failing).rejects.toThrow("no network");
  expect(readdirSync(parent)).toEqual([]);
});

test("the draft of a process that was killed is removed", async () => {
  const parent = testFolder();
  mkdirSync(join(parent, "copy.draft-999999999-00000000"));
  await cachedFolder(join(parent, "copy"), async () => {});
  expect(readdirSync(parent)).toEqual(["copy"]);
});
