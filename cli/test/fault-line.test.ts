import { expect, test } from "vitest";
import { CommandFault } from "../src/command-fault.ts";
import { faultLine } from "../src/fault-line.ts";

test("the reason at the bottom is told, not the query above it", () => {
  const cause = new Error("password authentication failed");
  expect(faultLine(new Error("Failed query: select …", { cause }))).toBe("password authentication failed");
  expect(faultLine(new CommandFault("Port 3000 is taken"))).toBe("Port 3000 is taken");
});

test("of several attempts the first is told", () => {
  const refused = new Error("connect ECONNREFUSED ::1:5432");
  expect(faultLine(new AggregateError([refused, new Error("other")]))).toBe("connect ECONNREFUSED ::1:5432");
});

test("a ledger without tables is told with its remedy", () => {
  const cause = Object.assign(new Error('relation "flashgate.sales" does not exist'), { code: "42P01" });
  expect(faultLine(new Error("Failed query", { cause }))).toContain('run "flashgate migrate" first');
});

test("anything else that was thrown is told as text", () => {
  expect(faultLine("a word")).toBe("a word");
  expect(faultLine(undefined)).toBe("undefined");
});
