import { describe, expect, it } from "vitest";
import { invariants } from "../tidy/invariants.ts";
import { findings } from "./findings.ts";

const TESTS = {
  "core/test/sale.test.ts":
    'describe("a sale", () => { it("never oversells", () => {}); it("is fair; always", () => {}); });',
  "bench/src/mutants/catalogue.ts": 'export const MUTANTS = [{ name: "no stock check" }];',
};
const GOOD = "`core/test/sale.test.ts › never oversells`";

const MUTANT = "`no stock check`";

/** ARCHITECTURE.md with ten rows; `cell` is the test of the first, `mutant` its mutant. */
const document = (cell: string, mutant = MUTANT) =>
  [
    "# Flashgate",
    "## Invariants, each with its test",
    "",
    "| # | invariant | guard | test | mutant |",
    "|---|---|---|---|---|",
    `| 1 | C + H \\| 0 ≤ T | CHECK | ${cell} | ${mutant} |`,
    ...Array.from({ length: 9 }, (_, index) => `| ${index + 2} | … | … | ${GOOD} | ${MUTANT} |`),
    "## Elsewhere",
    "| 11 | not an invariant | | |",
  ].join("\n");

const check = (cell: string, mutant = MUTANT) =>
  findings(invariants, { ...TESTS, "ARCHITECTURE.md": document(cell, mutant) });

describe("invariants", () => {
  it("refuses a project without the document", () => {
    expect(findings(invariants, TESTS)).toEqual([
      "ARCHITECTURE.md:1 there is none: write it, with a table of invariants",
    ]);
  });

  it("refuses a table with a row too few", () => {
    const text = document(GOOD).replace(/^\| 7 .*\n/m, "");
    expect(findings(invariants, { ...TESTS, "ARCHITECTURE.md": text })).toEqual([
      'ARCHITECTURE.md:1 invariant 7 has no row in the table under "Invariants"',
    ]);
  });

  it.each([
    ["the audit", "names no test: write `path/to/file.test.ts › title` in the column test"],
    ["`core/test/gone.test.ts`", "names core/test/gone.test.ts, which does not exist"],
    ["`core/test/sale.test.ts › sells twice`", 'names "sells twice", which core/test/sale.test.ts does not contain'],
    ["`core/test/sale.test.ts` › sells twice", 'names "sells twice", which core/test/sale.test.ts does not contain'],
    [
      "`core/test/sale.test.ts › a gate › never oversells`",
      'names "a gate", which core/test/sale.test.ts does not contain',
    ],
    [`${GOOD}; \`core/test/gone.test.ts\``, "names core/test/gone.test.ts, which does not exist"],
  ])("refuses the test %s", (cell, fault) => {
    expect(check(cell)).toEqual([`ARCHITECTURE.md:6 invariant 1 ${fault}`]);
  });

  it.each([
    ["none", "names no mutant: write the `name` of one of the catalogue in the column mutant"],
    [`${MUTANT}, \`no clock\``, 'names the mutant "no clock", which no catalogue under bench/src lists'],
  ])("refuses the mutant %s", (mutant, fault) => {
    expect(check(GOOD, mutant)).toEqual([`ARCHITECTURE.md:6 invariant 1 ${fault}`]);
  });

  it.each([
    GOOD,
    "`core/test/sale.test.ts`",
    "`core/test/sale.test.ts` › never oversells",
    "`core/test/sale.test.ts` › “never oversells”, and the siege",
    "`core/test/sale.test.ts › a sale › never oversells`<br>`core/test/sale.test.ts` › is fair; always",
  ])("lets the test %s pass", (cell) => {
    expect(check(cell.replace(", and the siege", ""))).toEqual([]);
  });
});
