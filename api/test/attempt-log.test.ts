import type { RefusedAttempt } from "@flashgate/core";
import { MemoryLedger } from "@flashgate/core/testing";
import { expect, it } from "vitest";
import { AttemptLog } from "../src/attempt-log.ts";

const attempt = (userId: string): RefusedAttempt => ({ saleId: "s", userId, units: 1, outcome: "sold_out", atMs: 1 });
const many = (count: number) => Array.from({ length: count }, (_, index) => attempt(`u${index}`));

it("writes refused attempts in pages, each once", async () => {
  const pages: number[] = [];
  const log = new AttemptLog({ recordRefused: async (page) => void pages.push(page.length) }, () => undefined);
  for (const each of many(1_200)) log.note(each);
  await Promise.all([log.flush(), log.flush()]);
  expect(pages).toEqual([500, 500, 200]);
  await log.flush();
  expect(pages).toHaveLength(3);
});

it("drops and counts what it cannot keep or write, and goes on", async () => {
  const ledger = new MemoryLedger({ nowMs: () => 0 });
  let away = true;
  const told: number[] = [];
  const recordRefused = (page: readonly RefusedAttempt[]) =>
    away ? Promise.reject(new Error("away")) : ledger.recordRefused(page);
  const log = new AttemptLog({ recordRefused }, (attempts) => told.push(attempts));
  for (const each of many(20_010)) log.note(each);
  expect(log.dropped).toBe(10);
  await log.flush();
  expect([log.dropped, told]).toEqual([510, [500]]);
  away = false;
  await log.flush();
  expect(ledger.refused).toHaveLength(19_500);
});
