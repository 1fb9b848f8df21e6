import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { Account } from "../src/siege/account.ts";
import { promisedBy } from "../src/siege/plan.ts";

const PROGRAM = fileURLToPath(new URL("../dist/siege.js", import.meta.url));
const MINUTES = 1.5;
const KILLS = 10;
const ATTEMPTS_MIN = 3_000;
/** A machine that runs the tests has other things to do: the five seconds are for a siege that has it to itself. */
const REOPEN_S = 15;

function siege(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args]);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

it("stands a short siege: every promise kept under kills, stops, partitions and losses of data", async () => {
  const options = {
    minutes: MINUTES,
    kills: KILLS,
    seed: 20,
    "attempts-min": ATTEMPTS_MIN,
    "reopen-seconds": REOPEN_S,
  };
  const { code, stdout, stderr } = await siege(
    "--json",
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  );
  const account: Account = JSON.parse(stdout);
  expect(account.shortfalls).toEqual([]);
  for (const { invariant, checks, violations, examples } of account.invariants) {
    expect({ invariant, checked: checks > 0, violations, examples }).toEqual({
      ...{ invariant, checked: true, violations: 0, examples: [] },
    });
  }
  expect(account.invariants.map(({ invariant }) => invariant)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const [target, kills] of Object.entries(promisedBy({ kills: KILLS }).kills)) {
    expect(account.faults[`kill ${target}`]).toBeGreaterThanOrEqual(kills);
  }
  expect(account.losses.length).toBeGreaterThanOrEqual(1);
  expect(account.attempts).toBeGreaterThanOrEqual(ATTEMPTS_MIN);
  expect(account.ok).toBe(true);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}, 300_000);

it("says what is wrong with how it was asked, and does nothing", async () => {
  const { code, stderr } = await siege("--minutes", "0.1", "--kills", "50");
  expect(stderr).toMatch(/^error: the stores lane needs \d+ s more than the siege lasts/);
  expect(code).toBe(1);
}, 30_000);
