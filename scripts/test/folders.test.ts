import { describe, expect, it } from "vitest";
import { folders } from "../tidy/folders.ts";
import { findings } from "./findings.ts";

const root = JSON.stringify({ workspaces: ["core"] });
const core = { "core/package.json": "{}", "core/src/index.ts": "", "core/test/domain/sale.test.ts": "" };

describe("folders", () => {
  it.each([
    ["core/package.json", "a package.json"],
    ["core/src/index.ts", "a source under src/"],
    ["core/test/domain/sale.test.ts", "a test under test/"],
  ])("refuses a workspace without %s", (path, what) => {
    const files = Object.fromEntries(Object.entries(core).filter(([other]) => other !== path));
    expect(findings(folders, { "package.json": root, ...files })).toEqual([
      `core/package.json:1 the workspace lacks ${what}: add it`,
    ]);
  });

  it("refuses a root without workspaces", () => {
    expect(findings(folders, core)).toEqual(["package.json:1 lists no workspaces: is this the root?"]);
  });

  it("lets a whole workspace pass", () => {
    expect(findings(folders, { "package.json": root, ...core })).toEqual([]);
  });
});
