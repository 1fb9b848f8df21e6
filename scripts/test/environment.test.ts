import { describe, expect, it } from "vitest";
import { environment } from "../tidy/environment.ts";
import { findings } from "./findings.ts";

const text = "const url = process.env.REDIS_URL;";

describe("environment", () => {
  it("refuses a source that reads the environment", () => {
    expect(findings(environment, { "api/src/main.ts": text })).toEqual([
      "api/src/main.ts:1 `process.env`: read it in config.ts and pass the parsed value",
    ]);
  });

  it.each([
    "api/src/config.ts",
    "drizzle/drizzle.config.ts",
    "local/src/postgres.ts",
    "cli/src/commands/up.ts",
    "cli/bin/flashgate.js",
    "scripts/setup.mjs",
    "redis/test/gate.test.ts",
  ])("lets %s read it", (path) => {
    expect(findings(environment, { [path]: text })).toEqual([]);
  });
});
