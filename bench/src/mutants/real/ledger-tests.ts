/** Whoever notices what is missing in the ledger: the contract, then interleavings, forced one by one and all pairs of them. */
export const LEDGER_TESTS: readonly string[] = [
  "drizzle/test/ledger.test.ts",
  "drizzle/test/interleavings.test.ts",
  "drizzle/test/overtaken-page.test.ts",
  "drizzle/test/key-owner.test.ts",
  "drizzle/test/opposite-orders.test.ts",
  "drizzle/test/lock-order.test.ts",
  "drizzle/test/interleaving-matrix.test.ts",
];
