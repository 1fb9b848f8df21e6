import { ledgerContract, MemoryLedger } from "@flashgate/core/testing";

ledgerContract("memory", async () => {
  const clock = { nowMs: () => 1_800_000_000_000 };
  return { ledger: new MemoryLedger(clock), nowMs: async () => clock.nowMs(), dispose: async () => undefined };
});
