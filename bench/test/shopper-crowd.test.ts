import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Findings } from "../src/siege/checker/findings.ts";
import { Testimony } from "../src/siege/checker/testimony.ts";
import { Crowd } from "../src/siege/crowd/crowd.ts";
import { type HistoryEntry, HistoryWriter, readHistory, type SiegeSale } from "../src/siege/history.ts";
import { FakeShop } from "./fake-shop.ts";

/** The machine may be busy. */
const PATIENT = { timeout: 20_000 };

const OUTCOMES = ["confirmed", "cancelled", "expired", "key_reused", "gate_shut", "vanished", "connection_lost"];
const REQUESTS = [
  "DELETE /v1/tickets/{ticket}",
  "GET /v1/sales/x-1",
  "GET /v1/tickets/{ticket}",
  "POST /v1/sales/x-1/checkouts",
  "POST /v1/tickets/{ticket}/lines",
  "POST /v1/tickets/{ticket}/purchase",
];

let folder = "";
let file = "";
let history: HistoryWriter;
let shop: FakeShop;
let crowd: Crowd;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "flashgate-crowd-"));
  file = join(folder, "history.jsonl");
  history = new HistoryWriter(file);
});
afterEach(async () => {
  await crowd.close();
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openShop(units: number, closesInMs = 60_000): Promise<void> {
  shop = await FakeShop.open(units);
  const nowMs = history.nowMs();
  const sale: SiegeSale = {
    id: "x-1",
    opensAtMs: nowMs,
    closesAtMs: nowMs + closesInMs,
    settleUntilMs: nowMs + closesInMs,
    units,
    limitPerUser: 10,
    itemIds: ["i0", "i1", "i2"],
  };
  crowd = new Crowd({ apiUrls: () => [shop.url], sales: () => [sale], history, seed: 3, shoppers: 12 });
}

async function entries(): Promise<HistoryEntry[]> {
  await history.close();
  const read: HistoryEntry[] = [];
  for await (const entry of readHistory(file)) read.push(entry);
  return read;
}

/** All that a history tells by itself, and how often it is broken. */
function testimonyOf(told: readonly HistoryEntry[]) {
  const findings = new Findings();
  const testimony = new Testimony(findings);
  for (const entry of told) testimony.take(entry);
  testimony.end();
  const violations = findings.report().flatMap(({ examples }) => examples);
  return { testimony, violations };
}

test("a crowd does everything that shoppers do, and writes down what it asked and what it was told", async () => {
  await openShop(1_000_000);
  crowd.start();
  const unseen = () => {
    const { told, refused, unknown } = crowd.counts();
    const [seen, asked] = [{ ...told, ...refused, ...unknown }, new Set(shop.requests)];
    return [...OUTCOMES.filter((kind) => (seen[kind] ?? 0) < 3), ...REQUESTS.filter((kind) => !asked.has(kind))];
  };
  await expect.poll(unseen, PATIENT).toEqual([]);
  await crowd.stop();
  const settled = await crowd.settle(history.nowMs() + 10_000);
  expect(settled).toMatchObject({ pending: 0, pendingIds: [] });

  const told = await entries();
  const { testimony, violations } = testimonyOf(told);
  expect(violations).toEqual([]);
  const counts = crowd.counts();
  expect(testimony.attempts).toBe(counts.attempts);
  expect(testimony.acknowledgements).toBe(counts.acknowledged);
  expect(testimony.stories.size).toBe(counts.checkouts);
  expect(Object.values(counts.told).reduce((sum, count) => sum + count, 0)).toBe(counts.checkouts);
  for (const { checkoutId, userId } of testimony.stories.values()) {
    expect(shop.checkouts.get(checkoutId)?.user).toBe(userId);
    expect(testimony.observations.of(checkoutId)).toBe(shop.checkouts.get(checkoutId)?.state);
  }
});

test("every operation is written when it is asked for, and completed once", async () => {
  await openShop(1_000_000);
  crowd.start();
  await expect.poll(() => crowd.counts().attempts, PATIENT).toBeGreaterThan(200);
  await crowd.stop();
  const open = new Set<number>();
  let operations = 0;
  for (const entry of await entries()) {
    if (entry.kind === "invoke") {
      expect(open.has(entry.op)).toBe(false);
      open.add(entry.op);
      operations += 1;
    } else if (entry.kind === "ok" || entry.kind === "fail" || entry.kind === "info") {
      expect(open.delete(entry.op)).toBe(true);
    }
  }
  expect(open.size).toBe(0);
  expect(operations).toBeGreaterThanOrEqual(crowd.counts().attempts);
});

test("at the end shoppers who never bought take all that is left, and the history says how long they asked", async () => {
  await openShop(57, 1_500);
  await crowd.stop();
  await crowd.sellOut(history.nowMs() + 60_000);
  await crowd.settle(history.nowMs() + 5_000);
  const told = await entries();
  const rushes = told.filter((entry) => entry.kind === "rush");
  expect(rushes).toHaveLength(1);
  expect(rushes[0]?.untilMs).toBeGreaterThanOrEqual(rushes[0]?.sinceMs ?? Number.POSITIVE_INFINITY);
  const sold = [...shop.checkouts.values()].flatMap(({ items }) => items).reduce((sum, item) => sum + item.quantity, 0);
  expect(sold).toBe(57);
  expect(testimonyOf(told).violations).toEqual([]);
});

test("tickets that do not end are named", async () => {
  await openShop(1_000);
  crowd.start();
  await expect.poll(() => crowd.counts().pending, PATIENT).toBeGreaterThan(3);
  await crowd.stop();
  const { pending } = crowd.counts();
  const settled = await crowd.settle(history.nowMs());
  expect(settled).toMatchObject({ ended: 0, pending });
  expect(settled.pendingIds.length).toBe(Math.min(10, pending));
  await history.close();
});
