import { type CatalogueEntry, recoverGate, type SaleProgress } from "@flashgate/core";
import { MemoryGate, MemoryLedger } from "@flashgate/core/testing";

export const NOW = Date.UTC(2026, 10, 22, 10, 30);
export const IDLE = { waiting: 0, active: 0, delayed: 0, failed: 0, paused: false, oldestAtMs: null };

/** A business over memory with one open sale of ten units of one item, and a clock that the test moves. */
export async function openWatchHouse(saleId = "x-1") {
  const clock = { ms: NOW, nowMs: () => clock.ms };
  const ledger = new MemoryLedger(clock);
  const gate = new MemoryGate(clock);
  const telemetry = { emit: () => undefined };
  const item: CatalogueEntry = { id: "a", name: "Lamp", imageUrl: "/a.svg", priceMinor: 1, stock: 10 };
  const window = { opensAtMs: NOW - 60_000, closesAtMs: NOW + 600_000, settleUntilMs: NOW + 900_000 };
  await ledger.schedule({ id: saleId, ...window, limitPerUser: 10 }, [item]);
  await recoverGate({ ledger, opening: gate, clock, telemetry }, saleId, 0);
  const progress = {
    progress: async (id: string): Promise<SaleProgress> => {
      const facts = await ledger.facts(id);
      return { checkouts: facts?.verdicts ?? {}, lagMs: null };
    },
  };
  const queue = { depth: async () => IDLE };
  /** Reserves units of the item for a user, and settles them unless told not to. */
  const buy = async (userId: string, units: number, settles = true) => {
    const checkoutId = `c-${userId}`;
    const demand = { lines: [{ itemId: "a", quantity: units }], any: 0 };
    const request = { saleId, checkoutId, userId, mode: "submitted", demand, key: "", fingerprint: "" } as const;
    const reply = await gate.reserve(request);
    if (reply.kind !== "held") throw new Error(`not held: ${reply.kind}`);
    if (!settles) return;
    const judged = await ledger.settleAll(saleId, reply.epoch, [reply.hold]);
    if (judged === "contested") throw new Error("contested");
    await gate.finalise(saleId, reply.epoch, judged);
  };
  return { clock, ledger, gate, progress, queue, telemetry, saleId, buy };
}
