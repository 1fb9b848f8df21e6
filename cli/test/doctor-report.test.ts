import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Check, countOf, examine } from "../src/doctor/checkup.ts";
import { doctorJson, doctorText } from "../src/doctor/doctor-report.ts";
import { fault, warning } from "../src/doctor/finding.ts";
import { roomBuilds } from "../src/doctor/room-builds.ts";
import { palette } from "../src/palette.ts";
import { temporaryFolder } from "./folder.ts";

const plain = palette(false);
const CHECKS: readonly Check[] = [
  { name: "node", run: () => [] },
  { name: "open files", run: async () => [warning("few files", "ulimit -n 11000")] },
  { name: "redis", run: () => [fault("it is away", "start it"), warning("it is old", "upgrade it")] },
  { name: "redis memory", run: async () => null },
  { name: "disk", run: () => Promise.reject(new Error("permission denied")) },
];

test("each check takes a line, each finding one with its fix, and a check that breaks is a fault", async () => {
  expect(doctorText(await examine(CHECKS), plain)).toBe(
    `✓ node
! open files    few files → ulimit -n 11000
✗ redis         it is away → start it
! redis         it is old → upgrade it
– redis memory  not looked at: see what else is wrong
✗ disk          it could not be looked at: permission denied → look at it by hand, or mend what is in the way

2 faults, 2 warnings.`,
  );
});

test("a healthy set-up has no fault, and its warnings are counted", async () => {
  expect(doctorText(await examine(CHECKS.slice(0, 1)), plain)).toBe("✓ node\n\nNo fault.");
  expect(doctorText(await examine(CHECKS.slice(0, 2)), plain)).toMatch(/\nNo fault, 1 warning\.$/);
});

test("for machines every check is told with its state", async () => {
  const examined = await examine(CHECKS);
  expect(countOf(examined, "fault")).toBe(2);
  expect(doctorJson(examined)).toMatchObject({
    ok: false,
    faults: 2,
    warnings: 2,
    checks: [
      { name: "node", state: "ok", findings: [] },
      { name: "open files", state: "warning" },
      { name: "redis", state: "fault", findings: [{ level: "fault", what: "it is away", fix: "start it" }, {}] },
      { name: "redis memory", state: "unseen" },
      { name: "disk", state: "fault" },
    ],
  });
});

test("a room's build is compared with the newest of its sources, wherever it lies", () => {
  const root = temporaryFolder();
  const write = (path: string, seconds: number) => {
    const file = join(root, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, path === "package.json" ? '{"workspaces":["core","api","web","image"]}' : "");
    utimesSync(file, seconds, seconds);
  };
  for (const [path, seconds] of [
    ["package.json", 1],
    ["core/src/index.ts", 10],
    ["core/src/domain/sale.ts", 20],
    ["core/src/lua/reserve.lua", 90],
    ["core/dist/.tsbuildinfo", 15],
    ["api/src/main.ts", 5],
    ["image/dist/.tsbuildinfo", 5],
  ] as const) {
    write(path, seconds);
  }
  expect(roomBuilds(root)).toEqual([
    { room: "core", changedMs: 20_000, compiledMs: 15_000 },
    { room: "api", changedMs: 5_000, compiledMs: null },
  ]);
});
