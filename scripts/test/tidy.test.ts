import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rules } from "../tidy/rules.ts";

const SCRIPT = fileURLToPath(new URL("../tidy.ts", import.meta.url));
const TESTS = fileURLToPath(new URL(".", import.meta.url));

const row = (number: number) => `| ${number} | … | … | \`core/test/sale.test.ts › sells\` | \`no sale\` |`;

/** The smallest tree in which every rule is content. */
const HOUSE = {
  "package.json": '{ "workspaces": ["core"] }',
  "core/package.json": '{ "exports": { ".": { "source": "./src/index.ts" } } }',
  "core/src/index.ts": "export const sale = 1;\n",
  "core/test/sale.test.ts": 'it("sells", () => {});\n',
  "bench/src/mutants/catalogue.ts": 'export const MUTANTS = [{ name: "no sale" }];\n',
  "ARCHITECTURE.md": `## Invariants\n| # | invariant | guard | test | mutant |\n${Array.from({ length: 10 }, (_, index) => row(index + 1)).join("\n")}\n`,
};

describe("npm run tidy", () => {
  let root: string;
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  const tidy = () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", SCRIPT, root], {
      encoding: "utf8",
    });
    return { status, printed: stdout.trimEnd().split("\n"), stderr };
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "tidy-"));
    write(HOUSE);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is content with a tidy tree and does not read what is not ours", () => {
    write({ "node_modules/left/utils.ts": "", "core/dist/utils.js": "", "logo.png": "\0" });
    expect(tidy()).toEqual({ status: 0, printed: [`tidy: 6 files, ${rules.length} rules, violations: 0`], stderr: "" });
  });

  it("names the place, the rule, the mend and the reason, and fails", () => {
    write({ "core/src/index.ts": "export const at = Date.now();\n" });
    expect(tidy()).toEqual({
      status: 1,
      printed: [
        "core/src/index.ts:1 clock: `Date.now`: take the time from the clock port",
        "why clock: a simulation owns every moment and every id, so a seed replays a run to the last step",
        `tidy: 6 files, ${rules.length} rules, violations: 1`,
      ],
      stderr: "",
    });
  });

  it("asks git, where there is one, what is ours", () => {
    spawnSync("git", ["init", "--quiet"], { cwd: root });
    write({ ".gitignore": "scratch/\n", "scratch/utils.ts": "", "core/src/utils.ts": "" });
    const { printed } = tidy();
    expect(printed[0]).toBe('core/src/utils.ts:1 names: "utils" says nothing: name what the file is or does');
    expect(printed.at(-1)).toMatch(/^tidy: 8 files/);
  });
});

describe("the rules", () => {
  it("have distinct names, and each a test of its own", () => {
    const names = rules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(readdirSync(TESTS)).toEqual(expect.arrayContaining(names.map((name) => `${name}.test.ts`)));
  });
});
