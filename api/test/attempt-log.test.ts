import type { RefusedAttempt } from "@flashgate/core";
import { MemoryLedger } from "@flashgate/core/testing";
import { expect, it } from "vitest";
import { AttemptLog } from "../src/attempt-log.ts";

const SALE = { id: "x-1", attempts: "all" } as const;

const attempt = (userId: string) => ({ userId, units: 1, outcome: "sold_out", atMs: 1 });
const many = (count: number) => Array.from({ length: count }, (_, index) => attempt(`u${index}`));

it("writes refused attempts in pages, each once", async () => {
  const pages: (readonly RefusedAttempt[])[] = [];
  const log = new AttemptLog({ recordRefused: async (page) => void pages.push(page) }, () => undefined);
  for (const each of many(4_200)) log.note(SALE, each);
  await Promise.all([log.flush(), log.flush()]);
  expect(pages.map((page) => page.length)).toEqual([2_000, 2_000, 200]);
  expect(pages[0]?.[0]).toEqual({ saleId: "x-1", ...attempt("u0") });
  await log.flush();
  expect(pages).toHaveLength(3);
});

it("takes none of a sale that does not keep refused ones", async () => {
  const pages: (readonly RefusedAttempt[])[] = [];
  const log = new AttemptLog({ recordRefused: async (page) => void pages.push(page) }, () => undefined);
  for (const attempts of ["off", "accepted"] as const) log.note({ id: "x-1", attempts }, attempt("u"));
  await log.flush();
  expect(pages).toEqual([]);
  log.note(SALE, attempt("u"));
  await log.flush();
  expect(pages).toHaveLength(1);
});

it("drops and counts what it cannot keep or write, and goes on", async () => {
  const ledger = new MemoryLedger({ nowMs: () => 0 });
  await ledger.schedule({ id: "x-1", opensAtMs: 0, closesAtMs: 1, settleUntilMs: 2, limitPerUser: 1 }, []);
  let away = true;
  const told: number[] = [];
  const recordRefused = (page: readonly RefusedAttempt[]) =>
    away ? Promise.reject(new Error("away")) : ledger.recordRefused(page);
  const log = new AttemptLog({ recordRefused }, (attempts) => told.push(attempts));
  for (const each of many(20_010)) log.note(SALE, each);
  expect(log.dropped).toBe(10);
  await log.flush();
  expect([log.dropped, told]).toEqual([2_010, [2_000]]);
  away = false;
  await log.flush();
  expect(ledger.refused).toHaveLength(18_000);
});
