import { describe, expect, it } from "vitest";
import { sleeps } from "../tidy/sleeps.ts";
import { findings } from "./findings.ts";

const WAIT = "wait for a signal, or for a condition with a deadline (vi.waitFor, expect.poll)";

describe("sleeps", () => {
  it.each([
    ["await new Promise((r) => setTimeout(r, 50));", "new Promise((r) => setTimeout(r"],
    [
      "await new Promise<void>((done) => { setTimeout(() => done(), 50); });",
      "new Promise<void>((done) => { setTimeout(() => done",
    ],
    ["await new Promise((r) =>\n  setTimeout(r, 50));", "new Promise((r) => setTimeout(r"],
    ["const wait = promisify(setTimeout);", "promisify(setTimeout"],
    ["await sleep(50);", "sleep("],
  ])("refuses %s", (text, found) => {
    expect(findings(sleeps, { "redis/test/gate.test.ts": text })).toEqual([
      `redis/test/gate.test.ts:1 \`${found}\`: ${WAIT}`,
    ]);
  });

  it("refuses the timers that are promises", () => {
    const text = 'import { setTimeout as wait } from "node:timers/promises";';
    expect(findings(sleeps, { "redis/test/gate.test.ts": text })).toEqual([
      `redis/test/gate.test.ts:1 "node:timers/promises": ${WAIT}`,
    ]);
  });

  it("lets deadlines pass, and the product wait", () => {
    const passing = {
      "redis/test/gate.test.ts": [
        'const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 500));',
        "await new Promise((resolve) => server.once('close', resolve));",
        "await db.execute(sql`select pg_sleep(1)`);",
      ].join("\n"),
      "worker/src/backoff.ts": "await new Promise((r) => setTimeout(r, backoffMs));",
    };
    expect(findings(sleeps, passing)).toEqual([]);
  });
});
