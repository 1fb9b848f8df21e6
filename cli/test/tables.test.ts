import { type AuditReport, currentSale, hourlySale, type Sale } from "@flashgate/core";
import { expect, test } from "vitest";
import { palette } from "../src/palette.ts";
import { progressText } from "../src/progress-line.ts";
import { saleJson, saleTable } from "../src/sale-table.ts";
import { Tally } from "../src/tally.ts";
import { verdictJson, verdictTables } from "../src/verdict-table.ts";
import { welcomeText } from "../src/welcome.ts";
import { AUDIT } from "./load-facts.ts";

const plain = palette(false);
const HOUR = Date.UTC(2026, 10, 22, 11);
const BASE = {
  totalItems: 10_000,
  itemsSold: 0,
  itemsHeld: 0,
  epoch: 1,
  openEpoch: 1,
  state: "open",
  paused: false,
  pauseVersion: 0,
  attempts: "all",
} as const;
const hourly: Sale = { ...hourlySale(HOUR), ...BASE, itemsSold: 1_234 };
const custom: Sale = { ...BASE, ...hourlySale(HOUR), id: "x-1", opensAtMs: HOUR + 60_000, totalItems: 5 };
const next: Sale = { ...hourlySale(HOUR + 3_600_000), ...BASE, epoch: 0, openEpoch: 0, state: "scheduled" };

test("sales make an aligned table", () => {
  expect(saleTable([next, custom, hourly], HOUR + 120_000, plain)).toBe(
    `sale        phase      opens (UTC)       closes (UTC)       sold   units  epoch
2026112212  scheduled  2026-11-22 12:00  2026-11-22 13:00      0  10,000      0
x-1         open       2026-11-22 11:01  2026-11-22 12:00      0       5      1
2026112211  open       2026-11-22 11:00  2026-11-22 12:00  1,234  10,000      1`,
  );
  expect(saleTable([], HOUR, plain)).toMatch(/^No sale yet/);
});

test("a sale for machines speaks the words of the HTTP API", () => {
  expect(saleJson(hourly, HOUR)).toMatchObject({
    id: "2026112211",
    phase: "open",
    opens_at: "2026-11-22T11:00:00.000Z",
    items_sold: 1_234,
    limit_per_user: 10,
  });
});

test("current is the hourly sale of now, else the latest that runs, else the next", () => {
  expect(currentSale([next, custom, hourly], HOUR + 120_000)?.id).toBe("2026112211");
  expect(currentSale([next, custom], HOUR + 120_000)?.id).toBe("x-1");
  expect(currentSale([next, custom], HOUR)?.id).toBe("x-1");
  expect(currentSale([custom], HOUR + 3_600_000)).toBeNull();
});

test("one sale's audit tells every invariant, and each violation under its own", () => {
  const report: AuditReport = {
    ...AUDIT,
    atRest: false,
    unchecked: [
      { invariant: 4, reason: "not_at_rest" },
      { invariant: 6, reason: "attempts_not_recorded" },
    ],
    violations: [{ invariant: 2, message: "buyer ada has 11 of 10" }],
  };
  const lines = verdictTables([report], plain).split("\n");
  expect(lines[0]).toBe("Sale x-1   3 of 3 units sold, in motion");
  expect(lines.slice(1).map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ["1", expect.any(String), "ok"],
    ["2", expect.any(String), "broken"],
    ["buyer ada has 11 of 10"],
    ["3", expect.any(String), "ok"],
    ["4", expect.any(String), "not looked at: not at rest"],
    ["6", expect.any(String), "not looked at: the sale keeps no attempts"],
    ["7", expect.any(String), "ok"],
    ["10", expect.any(String), "ok"],
  ]);
});

test("of several audits the clean ones take a line each", () => {
  const broken: AuditReport = { ...AUDIT, saleId: "x-2", violations: [{ invariant: 4, message: "gate says 2 sold" }] };
  const resting = { invariant: 4, reason: "not_at_rest" } as const;
  const moving: AuditReport = { ...AUDIT, saleId: "x-3", atRest: false, unchecked: [resting] };
  const lines = verdictTables([AUDIT, broken, moving], plain).split("\n");
  expect(lines[0]).toBe("Sale x-1   3 of 3 units sold, at rest   ok: 1, 2, 3, 4, 6, 7, 10");
  expect(lines.at(-1)).toBe(
    "Sale x-3   3 of 3 units sold, in motion   ok: 1, 2, 3, 6, 7, 10; 4 not looked at (not at rest)",
  );
  expect(lines).toContain("      gate says 2 sold");
  expect(verdictJson([AUDIT, broken])).toMatchObject({ ok: false, sales: [{ sale_id: "x-1" }, { sale_id: "x-2" }] });
  expect(verdictJson([moving])).toMatchObject({ ok: true, sales: [{ unchecked: [resting] }] });
});

test("the progress of a run fits its terminal", () => {
  const tally = new Tally();
  tally.acknowledge({ checkoutId: "a", ticket: "t", units: 1 }, 5);
  tally.refuse("sold_out");
  const totals = { available: 25, held: 25, sold: 50 };
  const moment = { phase: "selling", totals, tally, elapsedMs: 500 } as const;
  expect(progressText(moment, 100)).toBe("████████████▒▒▒▒▒▒░░░░░░ 50 sold   2/s   1 tickets   sold_out 1   0.5 s");
  expect(progressText(moment, 30)).toHaveLength(29);
  expect(progressText({ ...moment, totals: null, phase: "settling" }, 100)).toMatch(/^the gate is away {3}settling/);
});

test("the welcome says where everything is, with lines to paste", () => {
  const sale = {
    id: "2026112211",
    phase: "open" as const,
    opens_at: "2026-11-22T11:00:00.000Z",
    closes_at: "2026-11-22T12:00:00.000Z",
    stock: { total: 10_000, available: 9_999, held: 0, sold: 1 },
  };
  const welcome = {
    tookMs: 2_345,
    apiUrls: ["http://127.0.0.1:3000", "http://127.0.0.1:3001"],
    opsUrl: "http://127.0.0.1:41001",
    opsToken: ".data/ops-token",
    dataDir: ".data",
    logsDir: ".data/logs",
    line: (words: string) => `npx flashgate ${words}`,
  };
  const text = welcomeText({ ...welcome, sale }, plain);
  expect(text).toContain("Flashgate is up, after 2.3 s.");
  expect(text).toContain("http://127.0.0.1:3000  http://127.0.0.1:3001");
  expect(text).toMatch(/shop +http:\/\/127\.0\.0\.1:3000\/\n/);
  expect(text).toMatch(/ops +http:\/\/127\.0\.0\.1:41001\/ +token \.data\/ops-token/);
  expect(text).toContain("2026112211   9,999 of 10,000 units left, until 12:00 UTC");
  expect(text).toMatch(/curl -s http:\/\/127\.0\.0\.1:3000\/v1\/sales\/current\/checkouts .*"item_id":"any"/);
  expect(text).toContain("npx flashgate load --buyers 256");
  expect(welcomeText({ ...welcome, sale: null }, plain)).toContain(
    "none; make one: npx flashgate sale new --items 1000",
  );
});
