import { describe, expect, it } from "vitest";
import { reach } from "../tidy/reach.ts";
import { findings } from "./findings.ts";

const root = JSON.stringify({ workspaces: ["core"] });
const manifest = JSON.stringify({
  exports: { ".": { source: "./src/index.ts" }, "./testing": { source: "./src/testing/index.ts" } },
  bin: { core: "bin/core.js" },
});

describe("reach", () => {
  it("refuses a source that nobody imports, though a test does", () => {
    const files = {
      "package.json": root,
      "core/package.json": manifest,
      "core/src/index.ts": 'export * from "./sale.ts";',
      "core/src/sale.ts": "// see ./orphan.ts",
      "core/src/orphan.ts": 'import "./sale.ts";',
      "core/test/orphan.test.ts": 'import "../src/orphan.ts";',
    };
    expect(findings(reach, files)).toEqual([
      "core/src/orphan.ts:1 no entry of core/package.json leads here by imports: import it or delete it",
    ]);
  });

  it("follows exports, bin, main, supervisor, a page's main, settings of tools, and what is named by a path", () => {
    const files = {
      "package.json": root,
      "core/package.json": manifest,
      "core/core.config.ts": 'export default { schema: "./src/schema.ts" };',
      "core/bin/core.js": 'import "../dist/start.js";',
      "core/src/start.ts": 'fork(new URL("./child.js", import.meta.url));',
      "core/src/child.ts": 'import type { Sale } from "./sale.ts";',
      "core/src/sale.ts": "",
      "core/src/schema.ts": "",
      "core/src/index.ts": "",
      "core/src/testing/index.ts": "export {\n  clock,\n} from './clock.ts';",
      "core/src/testing/clock.ts": "",
      "core/src/main.ts": 'const later = () => import("./later.ts");',
      "core/src/later.ts": "",
      "core/src/supervisor.ts": "",
      "core/src/board/main.tsx": 'import { Bar } from "./bar.tsx";',
      "core/src/board/bar.tsx": "",
    };
    expect(findings(reach, files)).toEqual([]);
  });
});
