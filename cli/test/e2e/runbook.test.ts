import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { flashgate } from "./instance.ts";

const RUNBOOK = new URL("../../../docs/runbook/", import.meta.url);
const text = readdirSync(RUNBOOK)
  .map((name) => readFileSync(new URL(name, RUNBOOK), "utf8"))
  .join("\n");

/** What the pages have typed: the command's words, and every option that is given to it anywhere. */
const optionsOf = new Map<string, Set<string>>();
for (const [, words = "", rest = ""] of text.matchAll(/\bflashgate ((?:(?:sale|dlq) )?[a-z-]+)([^`#\n]*)/g)) {
  const options = optionsOf.get(words) ?? new Set();
  for (const option of rest.match(/--[a-z-]+/g) ?? []) options.add(option);
  optionsOf.set(words, options);
}

it("the runbook has commands to type", () => {
  const wanted = ["doctor", "watch", "verify", "reconcile", "dlq ls", "dlq retry", "sale pause", "sale resume"];
  expect([...optionsOf.keys()]).toEqual(expect.arrayContaining(wanted));
});

it.each([...optionsOf])(
  "flashgate %s is a command, with the options that the runbook gives it",
  async (words, options) => {
    const { code, stdout } = await flashgate([...words.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: flashgate ${words}`);
    for (const option of options) expect(stdout).toContain(option);
  },
);
