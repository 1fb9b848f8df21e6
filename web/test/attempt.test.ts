import type { Ticket } from "@flashgate/client";
import { describe, expect, it } from "vitest";
import {
  type Attempt,
  boughtIn,
  decidedAfterMs,
  isOn,
  isOver,
  stageOf,
  timeLeftShare,
} from "../src/storefront/attempt.ts";
import { AttemptStore, isAttemptName } from "../src/storefront/attempt-store.ts";
import { memoryShelf } from "../src/storefront/memory-shelf.ts";
import { stepsOf } from "../src/storefront/steps.ts";

const at = (ms: number) => new Date(1_700_000_000_000 + ms).toISOString();

const TICKET: Ticket = {
  id: "c-1",
  ticket: "v1.t",
  status: "queued",
  sale_id: "s",
  items: [{ item_id: "i00007", quantity: 1 }],
  quantity: 1,
  reserved_at: at(0),
  expires_at: at(1_000),
  links: { self: "", sale: "" },
};
const ATTEMPT: Attempt = {
  key: "k",
  saleId: "s",
  itemId: "any",
  itemName: null,
  clickedMs: 5,
  ticket: null,
  reservedAfterMs: null,
  refusal: null,
};
const ticketed = (over: Partial<Ticket>): Attempt => ({
  ...ATTEMPT,
  ticket: { ...TICKET, ...over },
  reservedAfterMs: 40,
});

describe("an attempt", () => {
  it.each([
    ["asking", ATTEMPT, false],
    ["settling", ticketed({}), false],
    ["settling", ticketed({ status: "reserved" }), false],
    ["confirmed", ticketed({ status: "confirmed" }), true],
    ["rejected", ticketed({ status: "rejected" }), true],
    ["expired", ticketed({ status: "expired" }), true],
    ["cancelled", ticketed({ status: "cancelled" }), true],
    ["refused", { ...ATTEMPT, refusal: { code: "sold_out" as const, unitsLeft: null } }, true],
  ])("is %s by what is known of it", (stage, attempt, over) => {
    expect([stageOf(attempt), isOver(attempt)]).toEqual([stage, over]);
  });

  it("took this browser's part of the time and then the server's, whenever it was looked at", () => {
    expect(decidedAfterMs(ticketed({ status: "confirmed", decided_at: at(85) }))).toBe(125);
    expect(decidedAfterMs(ticketed({ status: "confirmed", decided_at: at(-9) }))).toBe(40);
    expect(decidedAfterMs(ticketed({}))).toBeNull();
  });

  it("has a share of its time left", () => {
    const shareAt = (ms: number) => timeLeftShare(TICKET, Date.parse(at(ms)));
    expect([shareAt(-50), shareAt(0), shareAt(250), shareAt(1_000), shareAt(2_000)]).toEqual([1, 1, 0.75, 0, 0]);
    const { expires_at: _, ...endless } = TICKET;
    expect(timeLeftShare(endless, 0)).toBeNull();
  });

  it("is on the item it was made for, or was given", () => {
    expect([isOn(ATTEMPT, "i00007"), isOn(ticketed({}), "i00007"), isOn(ticketed({}), "i00008")]).toEqual([
      false,
      true,
      false,
    ]);
    expect(isOn({ ...ATTEMPT, itemId: "i00009" }, "i00009")).toBe(true);
  });

  it("counts as bought in its own sale once it is confirmed", () => {
    const confirmed = ticketed({ status: "confirmed", quantity: 2 });
    expect(boughtIn([confirmed, ticketed({}), { ...confirmed, saleId: "other" }], "s")).toBe(2);
  });
});

describe("the steps of an attempt", () => {
  const told = (attempt: Attempt, sinceMs: number | null = 300) =>
    stepsOf(attempt, sinceMs).map(({ name, state, time }) => `${name} ${state} ${time}`.trim());
  const decided = { decided_at: at(85) };

  it.each([
    [ATTEMPT, ["Reserving current 300 ms", "Settling ahead", "Confirmed ahead"]],
    [ticketed({}), ["Reserved done 40 ms", "Settling current 260 ms", "Confirmed ahead"]],
    [
      ticketed({ status: "confirmed", ...decided }),
      ["Reserved done 40 ms", "Settled done 85 ms", "Confirmed done 125 ms"],
    ],
    [
      ticketed({ status: "rejected", ...decided }),
      ["Reserved done 40 ms", "Settled done 85 ms", "Turned down failed 125 ms"],
    ],
    [
      ticketed({ status: "cancelled", ...decided }),
      ["Reserved done 40 ms", "Settling ahead", "Cancelled failed 125 ms"],
    ],
    [
      { ...ATTEMPT, refusal: { code: "sold_out" as const, unitsLeft: null } },
      ["Not reserved failed", "Settling ahead", "Confirmed ahead"],
    ],
  ])("are told with their times: %#", (attempt, expected) => expect(told(attempt)).toEqual(expected));

  it("have no running time while nothing is under way", () => {
    expect(told(ATTEMPT, null)[0]).toBe("Reserving current");
  });
});

describe("the store of attempts", () => {
  it("keeps each under a name of its own, the latest first, and forgets what is old or not readable", () => {
    const shelf = memoryShelf();
    const store = new AttemptStore(shelf);
    const now = 1_000_000_000;
    store.put({ ...ATTEMPT, key: "a", clickedMs: now - 2 });
    store.put({ ...ATTEMPT, key: "b", clickedMs: now - 1 });
    store.put({ ...ATTEMPT, key: "old", clickedMs: now - 49 * 3_600_000 });
    shelf.setItem("flashgate:attempt:broken", "{");
    shelf.setItem("somebody:else", "x");
    expect(store.all(now).map(({ key }) => key)).toEqual(["b", "a"]);
    expect(shelf.length).toBe(3);
    store.forget("b");
    expect(store.all(now).map(({ key }) => key)).toEqual(["a"]);
  });

  it("goes on without a browser that keeps anything", () => {
    const full = {
      ...memoryShelf(),
      setItem: () => {
        throw new Error("full");
      },
    };
    expect(() => new AttemptStore(full).put(ATTEMPT)).not.toThrow();
  });

  it("tells its entries from others", () => {
    expect(["flashgate:attempt:a", "flashgate:token", null].map(isAttemptName)).toEqual([true, false, true]);
  });
});
