import { describe, expect, test } from "vitest";
import type { HistoryEntry, TicketState } from "../src/siege/history.ts";
import { acknowledged, broken, endsOf, refused, row, SALE, step, unanswered } from "./siege-tale.ts";

function observed(state: TicketState, askedAtMs: number, atMs: number): HistoryEntry {
  return { kind: "observed", checkoutId: "c", state, askedAtMs, atMs };
}

describe("5: one verdict for each ticket", () => {
  test("a ticket without a row was forgotten; a row that is held was not judged", () => {
    expect(broken({ history: acknowledged("c"), rows: [row("c")] })).toEqual([]);
    expect(broken({ history: acknowledged("c") })).toEqual([5]);
    expect(broken({ history: acknowledged("c"), rows: [row("c", { state: "held", decidedAtMs: null })] })).toEqual([5]);
  });

  test("a request that was not acknowledged needs no row", () => {
    expect(broken({ history: [...unanswered(), ...refused("sold_out")] })).toEqual([]);
  });

  test.each<[TicketState, number[]]>([
    ["confirmed", []],
    ["cancelled", [5]],
    ["expired", [5]],
    ["rejected:gate_lost", [5]],
  ])("somebody who read %s and whose checkout is confirmed", (state, found) => {
    expect(broken({ history: [...acknowledged("c"), observed(state, 12_000, 12_010)], rows: [row("c")] })).toEqual(
      found,
    );
  });

  test("the same of a checkout that was only named by an answer that knew nothing", () => {
    const history = [...unanswered({ checkoutId: "c" }), observed("expired", 31_000, 31_010)];
    expect(broken({ history, rows: [row("c")] })).toEqual([5]);
    expect(broken({ history, rows: [row("c", { state: "expired", decidedAtMs: 31_005 })] })).toEqual([]);
  });

  test("a verdict that changes is seen, and one that is taken back by whoever asks after it was told", () => {
    const told = observed("confirmed", 12_000, 12_010);
    const then = (...later: HistoryEntry[]) =>
      broken({ history: [...acknowledged("c"), told, ...later], rows: [row("c")] });
    expect(then(observed("confirmed", 13_000, 13_010))).toEqual([]);
    expect(then(observed("cancelled", 13_000, 13_010))).toEqual([5]);
    expect(then(observed("queued", 12_010, 13_010))).toEqual([]);
    expect(then(observed("queued", 12_011, 13_010))).toEqual([5]);
    expect(then(observed("reserved", 12_011, 13_010))).toEqual([5]);
  });

  test("acknowledgements and refusals tell verdicts as well", () => {
    const won = step("cancel", "c", { fail: "already_confirmed" });
    const lost = step("purchase", "c", { fail: "ticket_cancelled" });
    expect(broken({ history: [...acknowledged("c"), ...won], rows: [row("c")] })).toEqual([]);
    expect(broken({ history: [...acknowledged("c"), ...lost], rows: [row("c")] })).toEqual([5]);
    expect(broken({ history: acknowledged("c", { state: "expired" }), rows: [row("c")] })).toEqual([5]);
  });

  test("an acknowledgement that knows of no verdict takes none back: the gate hears of it last", () => {
    const again = acknowledged("c", { key: "k", invokedAtMs: 13_000, toldAtMs: 13_010 });
    const history = [...acknowledged("c", { key: "k" }), observed("confirmed", 12_000, 12_010), ...again];
    expect(broken({ history, rows: [row("c", { key: "k" })] })).toEqual([]);
    const later = [...history, observed("queued", 13_500, 13_510)];
    expect(broken({ history: later, rows: [row("c", { key: "k" })] })).toEqual([5]);
  });

  test("a checkout stays its user's", () => {
    expect(broken({ history: acknowledged("c"), rows: [row("c", { userId: "bob" })] })).toEqual([5]);
  });
});

test("acknowledged checkouts are counted by how they ended; others are not", () => {
  const history = ["a", "b", "c", "d", "e"].flatMap((id) => acknowledged(id));
  const lost = { state: "rejected", reason: "gate_lost" } as const;
  const held = { state: "held", decidedAtMs: null } as const;
  const rows = [row("a"), row("b"), row("c", lost), row("d", { state: "expired" }), row("e", held), row("f")];
  expect(endsOf({ history, rows })).toEqual({ confirmed: 2, "rejected:gate_lost": 1, expired: 1, held: 1 });
});

describe("6: nothing that nobody asked for", () => {
  test("a confirmed row needs a request, whatever became of the answer", () => {
    expect(broken({ rows: [row("c")] })).toEqual([6]);
    expect(broken({ history: unanswered(), rows: [row("c")] })).toEqual([]);
    expect(broken({ history: unanswered().slice(0, 1), rows: [row("c")] })).toEqual([]);
    expect(broken({ history: refused("sold_out"), rows: [row("c")] })).toEqual([6]);
    expect(broken({ rows: [row("c", { state: "expired", decidedAtMs: 30_000 })] })).toEqual([]);
  });

  test.each([
    ["of another user", { userId: "bob" }],
    ["of another key", { key: "k1" }],
    ["for other units", { demand: "2+" }],
    ["for a cart, which nobody could purchase without its ticket", { mode: "cart" as const }],
    ["in another sale", { saleId: "x-2" }],
    ["that names another checkout", { checkoutId: "d" }],
  ])("a request %s explains nothing", (_, but) => {
    expect(broken({ history: unanswered(but), rows: [row("c")] })).toEqual([6]);
  });

  test("units are counted over all that was asked for", () => {
    const bought = row("c", { units: 3, lines: "i1:3" });
    expect(broken({ history: unanswered({ demand: "1+i1:1,i2:1" }), rows: [bought] })).toEqual([]);
    expect(broken({ history: unanswered({ demand: "0+i1:1,i2:1" }), rows: [bought] })).toEqual([6]);
  });

  test("one request explains one checkout", () => {
    const rows = [row("c1"), row("c2")];
    expect(broken({ history: [...unanswered(), ...unanswered()], rows })).toEqual([]);
    expect(broken({ history: unanswered(), rows })).toEqual([6]);
  });

  test("a name explains its own checkout whatever its key", () => {
    const history = unanswered({ checkoutId: "c", key: "k1" });
    expect(broken({ history, rows: [row("c", { key: "k1" })] })).toEqual([]);
  });

  test("a cart is not confirmed unless somebody purchased it, and may be where the answer is unknown", () => {
    const cart = (...then: HistoryEntry[]) => ({
      history: [...acknowledged("c", { mode: "cart" }), ...then],
      rows: [row("c")],
    });
    expect(broken(cart())).toEqual([6]);
    expect(broken(cart(...step("purchase", "c", "ok")))).toEqual([]);
    expect(broken(cart(...step("purchase", "c", "info")))).toEqual([]);
    expect(broken(cart(...step("purchase", "c", "info").slice(0, 1)))).toEqual([]);
    expect(broken(cart(...step("purchase", "c", { fail: "ticket_expired" })))).toEqual([6]);
  });
});

describe("10: windows and epochs", () => {
  test.each([
    [9_999, [10]],
    [10_000, []],
    [19_999, []],
    [20_000, [10]],
  ])("what was confirmed was reserved at %i", (reservedAtMs, found) => {
    expect(broken({ history: acknowledged("c"), rows: [row("c", { reservedAtMs })] })).toEqual(found);
  });

  test.each([
    [30_010, []],
    [30_011, [10]],
  ])("and decided at %i, the sale being closed at 30,010", (decidedAtMs, found) => {
    expect(broken({ history: acknowledged("c"), rows: [row("c", { decidedAtMs })] })).toEqual(found);
    expect(
      broken({ history: acknowledged("c"), rows: [row("c", { decidedAtMs })], sale: { closedAtMs: null } }),
    ).toEqual([]);
  });

  test("nobody is given a ticket before the opening, nor for a request of after the close", () => {
    const given = (invokedAtMs: number, toldAtMs: number, key?: string) => {
      const named = key === undefined ? {} : { key };
      const history = acknowledged("c", { invokedAtMs, toldAtMs, ...named });
      return broken({ history, rows: [row("c", { ...named })] });
    };
    expect(given(9_990, 10_000)).toEqual([]);
    expect(given(9_990, 9_999)).toEqual([10]);
    expect(given(19_999, 20_500)).toEqual([]);
    expect(given(20_000, 20_500)).toEqual([10]);
    expect(given(20_000, 20_500, "k1")).toEqual([]);
  });

  test("epochs only grow", () => {
    const rows = [row("c1"), row("c2")];
    const later = (epoch: number, invokedAtMs: number) =>
      broken({
        history: [
          ...acknowledged("c1", { epoch: 2, toldAtMs: 11_010 }),
          ...acknowledged("c2", { epoch, invokedAtMs, toldAtMs: 11_500 }),
        ],
        rows,
      });
    expect(later(2, 11_400)).toEqual([]);
    expect(later(3, 11_400)).toEqual([]);
    expect(later(1, 11_010)).toEqual([]);
    expect(later(1, 11_011)).toEqual([10]);
  });

  test("an answer of the older opening may overlap the first one of the newer", () => {
    const history = [
      ...acknowledged("c1", { epoch: 1, toldAtMs: 11_010 }),
      ...acknowledged("c2", { epoch: 2, toldAtMs: 11_400 }),
      ...acknowledged("c3", { epoch: 1, invokedAtMs: 11_300, toldAtMs: 11_500 }),
    ];
    expect(broken({ history, rows: [row("c1"), row("c2"), row("c3")] })).toEqual([]);
  });

  test("a sale that never opened has no epoch, and breaks nothing", () => {
    const scheduled = { ...SALE, id: "x-2", epoch: 0, openEpoch: 0, state: "scheduled", closedAtMs: null } as const;
    expect(broken({ moreSales: [scheduled] })).toEqual([]);
  });

  test("no gate answers in an epoch that the ledger does not know", () => {
    const history = [...acknowledged("b"), ...acknowledged("c", { epoch: 9 })];
    const told = { history, rows: [row("b"), row("c")] };
    expect(broken(told)).toEqual([]);
    expect(broken({ ...told, sale: { epoch: 8, openEpoch: 8 } })).toEqual([10]);
    expect(broken({ ...told, sale: { openEpoch: 10 } })).toEqual([10]);
  });

  test("one hourly sale an hour", () => {
    const hourly = (id: string, opensAtMs: number) => ({ ...SALE, id, opensAtMs });
    expect(broken({ moreSales: [hourly("2026112407", 7), hourly("2026112408", 8), SALE, SALE] })).toEqual([]);
    expect(broken({ moreSales: [hourly("2026112407", 7), hourly("2026112408", 7)] })).toEqual([10]);
  });
});
