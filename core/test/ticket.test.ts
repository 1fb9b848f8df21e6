import { formatTicket, parseTicket, purchaseResult, type Ticket } from "@flashgate/core";
import { describe, expect, it } from "vitest";

const ticket: Ticket = {
  checkoutId: "0193a1c2-0000-7000-8000-000000000001",
  saleId: "2026112210",
  epoch: 3,
  userId: "user_1-A",
  reservedAtMs: 1_795_344_818_301,
  lines: [{ itemId: "i00001", quantity: 2 }],
};

describe("tickets", () => {
  it("survive being written and read, with lines and without", () => {
    for (const each of [ticket, { ...ticket, lines: [] }]) expect(parseTicket(formatTicket(each))).toEqual(each);
  });

  it.each(["", "a|b|1|u", `${formatTicket(ticket)}|more`, "|||||"])("are not read from %j", (text) => {
    expect(() => parseTicket(text)).toThrow();
  });
});

describe("purchase results", () => {
  it("are uniform within a checkout and the same for the same verdict", () => {
    const lines = [
      { itemId: "a", quantity: 1 },
      { itemId: "b", quantity: 2 },
    ];
    const bought = purchaseResult({ state: "confirmed" }, lines);
    expect(bought).toMatchObject({ success: true, totalPurchased: 3, failedCount: 0 });
    expect(bought.lines.every((line) => line.sold)).toBe(true);
    expect(purchaseResult({ state: "confirmed" }, lines)).toEqual(bought);
    const missed = purchaseResult({ state: "rejected", reason: "gate_lost" }, lines);
    expect(missed).toMatchObject({ success: false, totalPurchased: 0, failedCount: 3 });
    expect(missed.lines.some((line) => line.sold)).toBe(false);
  });
});
