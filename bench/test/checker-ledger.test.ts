import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuditReport, auditSale, type GateFacts, type GateReader, type Hold, type Ledger } from "@flashgate/core";
import { createLedger, createPool, migrate } from "@flashgate/drizzle";
import { createTestDatabase, type TestDatabase } from "@flashgate/local/testing";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { checkAudits, checkHistory } from "../src/siege/checker/check-history.ts";
import { Findings, INVARIANTS } from "../src/siege/checker/findings.ts";
import { type HistoryEntry, HistoryWriter } from "../src/siege/history.ts";
import { invariantTable, isProven } from "../src/siege/siege-report.ts";

const SALE = "x-1";
/** A gate at rest that agrees with what is sold below. */
const FACTS: GateFacts = {
  epoch: 1,
  open: false,
  oneInstant: true,
  totals: { available: 1, held: 0, sold: 4 },
  stock: new Map([
    ["a", 1],
    ["b", 0],
  ]),
  pool: new Set(["a"]),
  holds: [],
  buyers: new Map([
    ["ada", 3],
    ["bob", 1],
  ]),
};
const GATE: GateReader = { totals: async () => null, stock: async () => null, inspect: async () => FACTS };

let folder = "";
let database: TestDatabase;
let pool: Pool;
let ledger: Ledger;
let opensAtMs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "flashgate-checker-"));
  database = await createTestDatabase(inject("databaseUrl"));
  await migrate(database.databaseUrl);
  pool = createPool({ url: database.databaseUrl, max: 3, applicationName: "test", onError: () => undefined });
  ledger = createLedger(pool);
  opensAtMs = Date.now() - 60_000;
  const window = { opensAtMs, closesAtMs: opensAtMs + 30_000, settleUntilMs: opensAtMs + 40_000 };
  const item = (id: string, stock: number) => ({ id, name: id, imageUrl: "/i.svg", priceMinor: 1, stock });
  await ledger.schedule({ id: SALE, ...window, limitPerUser: 3 }, [item("a", 4), item("b", 1)]);
  await ledger.beginRecovery(SALE, 0);
  await ledger.adopt(SALE, 1, []);
  await ledger.settleAll(SALE, 1, [hold(1, "ada", { a: 2, b: 1 }, "k1"), hold(2, "bob", { a: 1 })]);
  await ledger.entomb(
    SALE,
    [{ ...hold(3, "eve", { a: 1 }), epoch: 1, reservedAtMs: null, verdict: { state: "cancelled" } }],
    {
      kind: "none",
    },
  );
  await ledger.close(SALE);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function idOf(serial: number): string {
  return `01900000-0000-7000-8000-00000000000${serial}`;
}

function hold(serial: number, userId: string, units: Readonly<Record<string, number>>, key = ""): Hold {
  const lines = Object.entries(units).map(([itemId, quantity]) => ({ itemId, quantity }));
  const times = { sinceMs: opensAtMs + 1_000, deadlineMs: opensAtMs + 40_000 };
  return { checkoutId: idOf(serial), userId, mode: "submitted", lines, key, fingerprint: "", ...times };
}

function asked(op: number, userId: string, demand: string, key?: string): HistoryEntry {
  const named = key === undefined ? {} : { key };
  return {
    kind: "invoke",
    call: "reserve",
    op,
    atMs: opensAtMs + 900,
    saleId: SALE,
    userId,
    mode: "purchase",
    demand,
    ...named,
  };
}

function answered(op: number, serial: number, lines: string): HistoryEntry {
  return { kind: "ok", op, atMs: opensAtMs + 1_100, checkoutId: idOf(serial), epoch: 1, state: "queued", lines };
}

function told(): HistoryEntry[] {
  return [
    asked(1, "ada", "0+a:2,b:1", "k1"),
    asked(2, "bob", "1+"),
    asked(3, "eve", "1+"),
    answered(1, 1, "a:2,b:1"),
    answered(2, 2, "a:1"),
    { kind: "ok", op: 3, atMs: opensAtMs + 1_200, checkoutId: idOf(3), epoch: 1, state: "cancelled", lines: "a:1" },
    { kind: "rush", saleId: SALE, sinceMs: opensAtMs + 2_000, untilMs: opensAtMs + 2_500 },
  ];
}

let histories = 0;

async function verdictOn(history: readonly HistoryEntry[]) {
  histories += 1;
  const historyFile = join(folder, `history-${histories}.jsonl`);
  const writer = new HistoryWriter(historyFile);
  for (const entry of history) writer.append(entry);
  await writer.close();
  const report = await auditSale({ ledger, gate: GATE }, SALE);
  return checkHistory({ historyFile, databaseUrl: database.databaseUrl, audits: report ? [report] : [] });
}

async function brokenBy(history: readonly HistoryEntry[]): Promise<number[]> {
  const { invariants } = await verdictOn(history);
  return invariants.flatMap(({ invariant, violations }) => (violations > 0 ? [invariant] : []));
}

test("a history that is true of a real ledger is proven, with every invariant looked at", async () => {
  const { invariants, ...verdict } = await verdictOn(told());
  expect(verdict).toEqual({
    attempts: 3,
    acknowledgements: 3,
    checkouts: 3,
    ends: { confirmed: 2, cancelled: 1 },
    sales: 1,
    destructions: 0,
  });
  // the unit that nobody bought came back only now, long after the rush
  expect(invariants.filter(({ violations }) => violations > 0)).toEqual([]);
  expect(invariants.filter(({ checks }) => checks === 0)).toEqual([]);
  expect(isProven(invariants)).toBe(true);
  expect(invariantTable(invariants).split("\n")).toHaveLength(INVARIANTS.length);
});

test("what was tried is what somebody was there to read, answered or not", async () => {
  const unsent = [asked(8, "zoe", "1+"), { kind: "fail", op: 8, atMs: opensAtMs + 950, code: "unsent" } as const];
  const refused = [asked(7, "zoe", "1+"), { kind: "fail", op: 7, atMs: opensAtMs + 950, code: "sold_out" } as const];
  const verdict = await verdictOn([...told(), ...unsent, ...refused, asked(9, "zoe", "1+")]);
  expect(verdict).toMatchObject({ attempts: 5, acknowledgements: 3 });
});

test("each fact of the ledger is compared with what was told", async () => {
  const [first, ...rest] = told();
  expect(await brokenBy(rest.filter((entry) => !("op" in entry) || entry.op !== 1))).toEqual([6]);
  expect(await brokenBy([asked(1, "ada", "0+a:2,b:1", "k2"), ...rest])).toEqual([7]);
  expect(await brokenBy([asked(1, "bob", "0+a:2,b:1", "k1"), ...rest])).toEqual([5]);
  expect(await brokenBy([...told(), asked(9, "zoe", "1+"), answered(9, 9, "a:1")])).toEqual([5]);
  const fewer = told().map((entry) => (entry.kind === "ok" && entry.op === 1 ? answered(1, 1, "a:2,b:2") : entry));
  expect(await brokenBy(fewer)).toEqual([8]);
  const late = { kind: "observed", checkoutId: idOf(2), askedAtMs: 1, atMs: 2, state: "expired" } as const;
  expect(await brokenBy([first, ...rest, late].flatMap((entry) => entry ?? []))).toEqual([5]);
});

test("a row that was tampered with is found", async () => {
  await pool.query("update flashgate.checkout_lines set quantity = 1 where checkout_id = $1 and item_id = 'a'", [
    idOf(1),
  ]);
  expect(await brokenBy(told())).toEqual([1, 4, 8]);
  await pool.query("update flashgate.checkout_lines set quantity = 2 where checkout_id = $1 and item_id = 'a'", [
    idOf(1),
  ]);
  expect(await brokenBy(told())).toEqual([]);
});

test("every sale must have been audited, at rest, and each audit's violations count", () => {
  const units = { totalUnits: 5, confirmedUnits: 4 };
  const sound: AuditReport = { saleId: SALE, ...units, atRest: true, unchecked: [], violations: [] };
  const found = (audits: readonly AuditReport[], sales: number) => {
    const findings = new Findings();
    checkAudits(findings, audits, sales);
    return findings.report().flatMap(({ invariant, violations }) => (violations > 0 ? [invariant] : []));
  };
  expect(found([sound], 1)).toEqual([]);
  expect(found([sound], 2)).toEqual([4]);
  expect(found([], 1)).toEqual([4]);
  expect(found([{ ...sound, atRest: false }], 1)).toEqual([4]);
  for (const invariant of [1, 2, 3, 4, 6, 7, 10] as const) {
    expect(found([{ ...sound, violations: [{ invariant, message: "broken" }] }], 1)).toEqual([invariant]);
  }
});

test("what an audit did not look at counts as no check", () => {
  const findings = new Findings();
  const units = { totalUnits: 5, confirmedUnits: 4 };
  const unchecked = [{ invariant: 6, reason: "attempts_not_recorded" }] as const;
  checkAudits(findings, [{ saleId: SALE, ...units, atRest: true, unchecked, violations: [] }], 1);
  const checks = Object.fromEntries(findings.report().map((finding) => [finding.invariant, finding.checks]));
  expect(checks).toMatchObject({ 1: 1, 3: 1, 6: 0, 7: 1 });
});

test("a proof needs every invariant to have been looked at and to have held; the table says which did not", () => {
  const fine = INVARIANTS.map((invariant) => ({ invariant, checks: 2, violations: 0, examples: [] }));
  expect(isProven(fine)).toBe(true);
  const unseen = fine.map((finding) => (finding.invariant === 9 ? { ...finding, checks: 0 } : finding));
  expect(isProven(unseen)).toBe(false);
  expect(invariantTable(unseen)).toMatch(/ 9 {2}whatever somebody wanted was sold +not looked at/);
  const lost = fine.map((it) => (it.invariant === 5 ? { ...it, violations: 2, examples: ["c has no row"] } : it));
  expect(isProven(lost)).toBe(false);
  expect(invariantTable(lost)).toMatch(/never changed +broken 2 times in 2 checks\n {6}c has no row\n {6}and 1 more/);
});
