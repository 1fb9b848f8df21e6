import { describe, expect, it } from "vitest";
import { leftovers } from "../tidy/leftovers.ts";
import { findings } from "./findings.ts";

const RUN = "every test runs, every time: mend it or delete it";
/** Put together, so that this file holds no mark itself. */
const marks = [["TO", "DO"].join(""), ["FIX", "ME"].join(""), ["XX", "X"].join("")];

describe("leftovers", () => {
  it.each(marks)("refuses the mark %s, in any file", (mark) => {
    for (const path of ["core/src/sale.ts", "redis/lua/reserve.lua", "README.md"]) {
      expect(findings(leftovers, { [path]: `\n-- ${mark}: later` })).toEqual([
        `${path}:2 \`${mark}\`: do it now, or say in an issue why not`,
      ]);
    }
  });

  it.each([
    ['it.skip("sells", () => {});', ".skip("],
    ['describe.only("sale", () => {});', ".only("],
    ['it.only.each([1])("sells", () => {});', ".only."],
    ['it.todo("sells");', "it.todo"],
  ])("refuses %s", (text, found) => {
    for (const path of ["core/test/sale.test.ts", "core/src/testing/gate.contract.ts"]) {
      expect(findings(leftovers, { [path]: text })).toEqual([`${path}:1 \`${found}\`: ${RUN}`]);
    }
  });

  it("lets finished work pass", () => {
    const passing = {
      "core/test/sale.test.ts": 'it("skips what was sold", () => { rows.skipped(1); });',
      "core/src/pages.ts": "rows.skip(1);",
      "docs/adr/0001.md": `mktemp -t page.${["XX", "XX", "XX"].join("")}; todos are issues`,
    };
    expect(findings(leftovers, passing)).toEqual([]);
  });
});
