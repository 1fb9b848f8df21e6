import type { Sale } from "@flashgate/client";
import { describe, expect, it } from "vitest";
import { countdownText, isSoldOut, nextTickMs, targetOf } from "../src/storefront/countdown.ts";

const SALE: Sale = {
  id: "2026112210",
  phase: "open",
  opens_at: "2026-11-22T10:00:00.000Z",
  closes_at: "2026-11-22T11:00:00.000Z",
  next_opens_at: "2026-11-22T12:00:00.000Z",
  server_time: "2026-11-22T10:30:00.000Z",
  stock: { total: 5, available: 5, held: 0, sold: 0 },
  limits: { units_per_user: 10 },
  links: { self: "", items: "", checkouts: "", events: "" },
};
const gone = (held: number) => ({ total: 5, available: 0, held, sold: 5 - held });

describe("what is counted down to", () => {
  it.each([
    ["the opening", { phase: "scheduled" as const }, "Opens in", SALE.opens_at],
    ["the close", {}, "Closes in", SALE.closes_at],
    ["the close, paused or not", { phase: "paused" as const }, "Closes in", SALE.closes_at],
    ["the close, as long as something is held that may come back", { stock: gone(1) }, "Closes in", SALE.closes_at],
    ["the next sale once all is sold", { stock: gone(0) }, "Sold out, next sale in", SALE.next_opens_at],
    ["the next sale once it is over", { phase: "ended" as const }, "Over. Next sale in", SALE.next_opens_at],
    [
      "the close, where no other sale is planned",
      { stock: gone(0), next_opens_at: null },
      "Sold out, closes in",
      SALE.closes_at,
    ],
    ["nothing, where all is over", { phase: "ended" as const, next_opens_at: null }, "The sale is over", null],
  ])("is %s", (_, over, label, to) => {
    expect(targetOf({ ...SALE, ...over })).toEqual({ label, toMs: to === null ? null : Date.parse(to) });
  });

  it("is sold out only without anything left or held", () => {
    expect([SALE.stock, gone(1), gone(0)].map((stock) => isSoldOut({ stock }))).toEqual([false, false, true]);
  });
});

describe("a countdown", () => {
  it.each([
    [0, "00:00"],
    [-5_000, "00:00"],
    [1, "00:01"],
    [59_001, "01:00"],
    [3_599_000, "59:59"],
    [3_600_000, "1:00:00"],
    [90_061_000, "1 d 01:01"],
  ])("shows %i ms as %s", (ms, text) => expect(countdownText(ms)).toBe(text));

  it("changes exactly when it is to be drawn again", () => {
    for (const left of [1, 500, 1_000, 1_001, 59_999, 60_000]) {
      const tick = nextTickMs(left);
      expect(tick).toBeGreaterThan(0);
      expect(countdownText(left - tick + 1)).toBe(countdownText(left));
      expect(countdownText(left - tick)).not.toBe(countdownText(left));
    }
  });
});
