import { MemoryLedger } from "@flashgate/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { generatedCatalogue, type Hold, readTicket, readTickets, type Ticket } from "../src/index.ts";

const SALE = "x-sale";
const clock = { ms: 2_000, nowMs: () => clock.ms };
let ledger: MemoryLedger;

beforeEach(async () => {
  clock.ms = 2_000;
  ledger = new MemoryLedger(clock);
  const window = { opensAtMs: 1_000, closesAtMs: 5_000, settleUntilMs: 6_000 };
  await ledger.schedule({ id: SALE, limitPerUser: 9, ...window }, generatedCatalogue(SALE, 9));
});

const lines = (position: number) => [{ itemId: `i0000${position}`, quantity: 1 }];
const ticket = (checkoutId: string, epoch: number, position: number): Ticket => {
  return { checkoutId, saleId: SALE, epoch, userId: "u", reservedAtMs: 1_500, lines: lines(position) };
};
const hold = (checkoutId: string, position: number): Hold => {
  const rest = { key: "", fingerprint: "", sinceMs: 1_500, deadlineMs: 6_000 };
  return { checkoutId, userId: "u", mode: "submitted", lines: lines(position), ...rest };
};
const recover = async (seenEpoch: number, survivors: readonly Hold[] = []) => {
  await ledger.beginRecovery(SALE, seenEpoch);
  await ledger.adopt(SALE, seenEpoch + 1, survivors);
};

describe("the statuses of many tickets", () => {
  it("are what each of them is told alone", async () => {
    await recover(0);
    await ledger.settleAll(SALE, 1, [hold("sold", 1)]);
    await recover(1, [hold("adopted", 2)]);
    const tickets = [
      ticket("sold", 1, 1),
      ticket("adopted", 1, 2),
      ticket("lost", 1, 3),
      ticket("new", 2, 4),
      ticket("lost", 1, 3),
    ];
    const together = await readTickets(ledger, SALE, tickets);
    expect(together.map((status) => (status.kind === "decided" ? status.verdict : status.kind))).toEqual([
      { state: "confirmed" },
      "pending",
      { state: "rejected", reason: "gate_lost" },
      "pending",
      { state: "rejected", reason: "gate_lost" },
    ]);
    expect(await Promise.all(tickets.map((each) => readTicket(ledger, each)))).toEqual(together);
  });

  it("are written down where the sale was sealed without them", async () => {
    await recover(0);
    clock.ms = 6_000;
    await ledger.close(SALE);
    const [late] = await readTickets(ledger, SALE, [ticket("late", 1, 1)]);
    expect(late).toMatchObject({ kind: "decided", verdict: { state: "expired" } });
    expect(await ledger.records(SALE, ["late"])).toMatchObject([{ status: { state: "expired" } }]);
  });

  it("are unknown with their sale", async () => {
    expect(await readTickets(ledger, "x-none", [ticket("a", 1, 1)])).toEqual([{ kind: "unknown_sale" }]);
  });
});
