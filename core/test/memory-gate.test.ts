import { gateContract, MemoryGate } from "@flashgate/core/testing";

gateContract("memory", async () => {
  const clock = { nowMs: () => 1_800_000_000_000 };
  const backlogMax = 40;
  const gate = new MemoryGate(clock, backlogMax);
  const parts = { admission: gate, holds: gate, opening: gate, reader: gate, feed: gate };
  return { ...parts, nowMs: async () => clock.nowMs(), restart: async () => gate.restart(), backlogMax };
});
