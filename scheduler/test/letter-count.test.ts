import { TRIES_MAX } from "@flashgate/core";
import { MemoryLedger } from "@flashgate/core/testing";
import { expect, it } from "vitest";
import { LetterCount } from "../src/letter-count.ts";

it("is what was counted last, also while nothing can be counted", async () => {
  const ledger = new MemoryLedger({ nowMs: () => 1_000 });
  await ledger.schedule({ id: "x-1", opensAtMs: 0, closesAtMs: 1, settleUntilMs: 2, limitPerUser: 1 }, []);
  const letters = new LetterCount(ledger);
  expect(letters.last).toBe(0);
  const failure = { saleId: "x-1", epoch: 1, hold: { checkoutId: "c", userId: "u" }, cause: "no" };
  for (let tries = 0; tries < TRIES_MAX; tries += 1) await ledger.recordFailure(failure);
  await letters.runOnce();
  expect(letters.last).toBe(1);
  ledger.countDeadLetters = () => Promise.reject(new Error("postgres is away"));
  await expect(letters.runOnce()).rejects.toThrow("postgres is away");
  expect(letters.last).toBe(1);
});
