import { describe, expect, it } from "vitest";
import { clock } from "../tidy/clock.ts";
import { findings } from "./findings.ts";

describe("clock", () => {
  it.each(["Date.now", "new Date()", "new Date", "performance.now", "process.hrtime"])("refuses %s", (call) => {
    expect(findings(clock, { "core/src/sale.ts": `const at = ${call};` })).toEqual([
      `core/src/sale.ts:1 \`${call}\`: take the time from the clock port`,
    ]);
  });

  it.each(["Math.random", "randomUUID", "randomBytes", "getRandomValues"])("refuses %s", (call) => {
    expect(findings(clock, { "redis/src/gate.ts": `const id = ${call}(8);` })).toEqual([
      `redis/src/gate.ts:1 \`${call}\`: take it from the port of ids or randomness`,
    ]);
  });

  it.each([
    "core/src/testing/clock.ts",
    "worker/src/system-clock.ts",
    "api/src/ids.ts",
    "core/src/testing/random.ts",
    "api/src/main.ts",
    "cli/src/commands/load.ts",
    "local/src/password.ts",
    "scripts/bench.ts",
    "redis/test/gate.test.ts",
  ])("lets %s ask the machine", (path) => {
    expect(findings(clock, { [path]: "const seed = Date.now() * Math.random();" })).toEqual([]);
  });

  it("lets a date be made of a given moment, and be spoken of", () => {
    const text = 'const at = new Date(nowMs); // never new Date()\nconst text = "Date.now()";';
    expect(findings(clock, { "core/src/sale.ts": text })).toEqual([]);
  });
});
