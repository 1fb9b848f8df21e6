import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { FuzzAccount } from "../src/fuzz/fuzz-run.ts";

const PROGRAM = fileURLToPath(new URL("../dist/fuzz.js", import.meta.url));

it("answers thousands of wrong requests as it should, and sells no unit twice for it", async () => {
  const args = [PROGRAM, "--requests", "6000", "--seed", "3", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((failed) => failed);
  const account: FuzzAccount = JSON.parse(stdout);
  expect(account.complaints).toEqual([]);
  expect(account.ok).toBe(true);
  expect(account.wireAttacks).toBeGreaterThan(20);
  expect(account.confirmedUnits).toBeGreaterThan(100);
}, 180_000);
