import { describe, expect, it } from "vitest";
import { arrows } from "../tidy/arrows.ts";
import { findings } from "./findings.ts";

const importing = (specifier: string) => `import { it } from "${specifier}";\n`;

describe("arrows", () => {
  it.each([
    [
      "core/src/sale.ts",
      "node:crypto",
      'core imports nothing outside itself: put what "node:crypto" gives behind a port',
    ],
    ["core/src/sale.ts", "vitest", 'core imports nothing outside itself: put what "vitest" gives behind a port'],
    ["core/src/sale.ts", "@flashgate/redis", "core may not import redis: it imports no other workspace"],
    ["redis/src/gate.ts", "@flashgate/drizzle", "redis may not import drizzle: its arrows go to core"],
    ["local/src/postgres.ts", "@flashgate/core", "local may not import core: it imports no other workspace"],
    [
      "api/src/routes/checkouts.ts",
      "@flashgate/redis",
      "only a composition root of api may import redis: take a port of core and be handed the adapter",
    ],
    [
      "api/src/main.ts",
      "@flashgate/worker",
      "api may not import worker: its arrows go to core, redis, drizzle, monitoring, local",
    ],
    [
      "cli/src/report.ts",
      "@flashgate/api",
      "only a composition root of cli may import api: take a port of core and be handed the adapter",
    ],
    [
      "worker/src/settle.ts",
      "@flashgate/core/testing",
      '"@flashgate/core/testing" is for tests: no source may import it',
    ],
    [
      "cli/src/commands/load.ts",
      "@flashgate/local/testing/browser",
      '"@flashgate/local/testing/browser" is for tests: no source may import it',
    ],
    [
      "api/src/app.ts",
      "../../core/src/index.ts",
      '"../../core/src/index.ts" leaves api: import the other workspace by its package name',
    ],
  ])("refuses that %s imports %s", (path, specifier, fault) => {
    expect(findings(arrows, { [path]: importing(specifier) })).toEqual([`${path}:1 ${fault}`]);
  });

  it.each([
    ["a type", 'import type { Gate } from "@flashgate/redis";'],
    ["several lines", 'import {\n  type Gate,\n  gate as door,\n} from "@flashgate/redis";'],
    ["a re-export", 'export * as gate from "@flashgate/redis";'],
    ["an effect", 'import "@flashgate/redis";'],
    ["a dynamic import", 'const { gate } = await import("@flashgate/redis");'],
    ["a require", 'const { gate } = require("@flashgate/redis");'],
  ])("sees %s", (_, text) => {
    expect(findings(arrows, { "worker/src/settle.ts": text })).toHaveLength(1);
  });

  it("refuses a workspace that is not in the table", () => {
    const manifest = JSON.stringify({ workspaces: ["core", "shed"] });
    expect(findings(arrows, { "package.json": manifest })).toEqual([
      'package.json:1 workspace "shed" has no row in the table of scripts/tidy/arrows.ts: add one',
    ]);
  });

  it("lets the allowed arrows pass", () => {
    const allowed = {
      "core/src/sale.ts": importing("./domain/item.ts"),
      "core/src/testing/gate.contract.ts":
        importing("vitest") + importing("fast-check") + importing("../ports/gate.ts"),
      "redis/src/gate.ts": importing("@flashgate/core") + importing("ioredis"),
      "api/src/main.ts": importing("@flashgate/redis") + importing("@flashgate/local"),
      "api/src/routes/tickets.ts": importing("@flashgate/core") + importing("../responses.ts"),
      "cli/src/commands/up.ts": importing("@flashgate/worker") + importing("@flashgate/drizzle"),
      "bench/src/figures/storefront.ts": importing("@flashgate/local/testing/browser"),
      "drizzle/test/ledger.test.ts": importing("@flashgate/core/testing") + importing("../../local/src/index.ts"),
      "worker/src/settle.ts":
        '// import { gate } from "@flashgate/redis";\nconst text = \'import "@flashgate/redis"\';\n',
    };
    expect(findings(arrows, allowed)).toEqual([]);
  });
});
