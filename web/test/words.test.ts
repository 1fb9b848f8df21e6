import type { ErrorCode } from "@flashgate/client";
import { describe, expect, it } from "vitest";
import { grouped, priceText, spanText } from "../src/design/figures.ts";
import { mayGiveUp, refusalWords, rejectWords, waitWords } from "../src/storefront/words.ts";

const refused = (code: ErrorCode, unitsLeft: number | null = null) => refusalWords({ code, unitsLeft }, 10);

describe("a shopper reads", () => {
  it.each([
    [refused("sold_out"), "Sold out"],
    [refused("item_taken"), "Just taken"],
    [refused("user_limit", 0), "Limit of 10 reached"],
    [refused("user_limit", 2), "Over the limit"],
    [refused("sale_not_open"), "Not open yet"],
    [refused("sale_closed"), "The sale is over"],
    [refused("unauthenticated"), "Please sign in"],
    [waitWords("sale_paused"), "The sale is paused"],
    [waitWords("rate_limited"), "A little too fast"],
    [waitWords("network"), "No connection"],
    [waitWords("outcome_unknown"), "No answer yet"],
    [waitWords("backlog_full"), "The shop is busy"],
    [rejectWords("user_limit"), "Over the limit"],
    [rejectWords("gate_lost"), "It did not go through"],
  ])("%o", ({ title, detail }, expected) => {
    expect(title).toBe(expected);
    expect(detail).toMatch(/^[A-Z].*\.$/);
  });

  it("the code of what nobody foresaw", () => {
    expect(refused("too_large").detail).toContain("too_large");
    expect(refused("user_limit", 2).detail).toContain("2 more units");
    expect(refused("user_limit", 1).detail).toContain("1 more unit ");
  });

  it("that trying can be stopped only where surely nothing was done", () => {
    expect((["sale_paused", "rate_limited", "gate_shut"] as const).map(mayGiveUp)).toEqual([true, true, true]);
    expect((["network", "timeout", "outcome_unknown"] as const).map(mayGiveUp)).toEqual([false, false, false]);
  });
});

describe("figures", () => {
  it.each([
    [-3, "0 ms"],
    [41.4, "41 ms"],
    [999.4, "999 ms"],
    [1_250, "1.3 s"],
    [61_000, "1 min"],
  ])("of %d ms read %s", (ms, text) => expect(spanText(ms)).toBe(text));

  it("of units and prices are grouped", () => {
    expect([grouped(10_000), priceText(499), priceText(1_234_500)]).toEqual(["10,000", "4.99", "12,345.00"]);
  });
});
