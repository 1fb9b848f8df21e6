import { describe, expect, it } from "vitest";
import type { TombGuard } from "../application/ports/ledger.ts";
import { lines, OVER, type Scene, wordsOf } from "./ledger-contract-scene.ts";

/** Verdicts that take nothing. */
export function tombContract(scene: () => Scene): void {
  describe("tombs", () => {
    writtenContract(scene);
    heldContract(scene);
  });
  describe("guards of tombs", () => {
    guardContract(scene);
    deadlineContract(scene);
  });
}

function writtenContract(scene: () => Scene): void {
  it("are written once, with what is known, and stand", async () => {
    const sale = await scene().open();
    const hold = sale.hold({ userId: "u", lines: lines({ a: 1, c: 2 }), key: "k" });
    const [judged, ...rest] = await sale.entomb([sale.tomb(hold)]);
    expect(rest).toEqual([]);
    expect(judged).toMatchObject({ checkoutId: hold.checkoutId, verdict: { state: "cancelled" } });
    expect(await sale.record(hold)).toEqual({
      saleId: sale.id,
      checkoutId: hold.checkoutId,
      userId: "u",
      lines: hold.lines,
      epoch: 1,
      status: { state: "cancelled" },
      reservedAtMs: hold.sinceMs,
      decidedAtMs: judged?.decidedAtMs,
    });
    expect(await sale.entomb([sale.tomb(hold, { state: "expired" })])).toEqual([judged]);
    expect(await sale.settleAll([hold])).toBe("contested");
    expect(await sale.settleOne(hold)).toEqual({ kind: "judged", judged });
    expect(await sale.counters()).toEqual({ sold: 0, held: 0 });
  });

  it("may know nothing but the ticket", async () => {
    const sale = await scene().open();
    const hold = sale.hold();
    const verdict = { state: "rejected", reason: "gate_lost" } as const;
    const bare = { ...sale.tomb(hold, verdict), lines: [], reservedAtMs: null, deadlineMs: null, fingerprint: "" };
    expect(wordsOf(await sale.entomb([bare], { kind: "absent" }))).toEqual({ [hold.checkoutId]: "gate_lost" });
    expect(await sale.record(hold)).toMatchObject({ lines: [], reservedAtMs: null, status: verdict });
  });

  it("never overturn a verdict", async () => {
    const sale = await scene().open({ ...OVER, stock: { a: 1, c: 5 } });
    const [sold, refused] = [sale.hold({ lines: lines({ a: 1 }) }), sale.hold({ lines: lines({ a: 1 }) })];
    await sale.settleOne(sold);
    await sale.settleOne(refused);
    const guards: TombGuard[] = [{ kind: "none" }, { kind: "absent" }, { kind: "settle_until" }];
    for (const guard of [...guards, { kind: "cart_deadline", claimEpoch: 1 } as const]) {
      expect(wordsOf(await sale.entomb([sale.tomb(sold), sale.tomb(refused)], guard))).toEqual({
        [sold.checkoutId]: "confirmed",
        [refused.checkoutId]: "sold_out",
      });
    }
    expect(await sale.counters()).toEqual({ sold: 1, held: 0 });
  });
}

function heldContract(scene: () => Scene): void {
  it("give back what a held row held, and leave it its own lines", async () => {
    const sale = await scene().open({ stock: { a: 1, c: 5 } });
    const [held, other] = [sale.hold({ lines: lines({ a: 1, c: 1 }) }), sale.hold()];
    await sale.recover([held, other]);
    const fresh = sale.hold();
    const tomb = { ...sale.tomb(held), lines: lines({ c: 3 }) };
    expect(wordsOf(await sale.entomb([tomb, sale.tomb(fresh)]))).toEqual({
      [held.checkoutId]: "cancelled",
      [fresh.checkoutId]: "cancelled",
    });
    expect(await sale.record(held)).toMatchObject({ lines: held.lines });
    expect(await sale.counters()).toEqual({ sold: 0, held: 1 });
    expect(await sale.verdict(sale.hold({ lines: lines({ a: 1 }) }))).toBe("confirmed");
  });

  it("come in thousands, new ones, held ones and judged ones mixed", async () => {
    const sale = await scene().open({ stock: { c: 9_000 } });
    const [held, sold, fresh] = [sale.holds(150), sale.holds(150), sale.holds(6_000)];
    await sale.recover(held);
    await sale.confirm(...sold);
    const mixed = [...sold, ...fresh, ...held];
    const words = wordsOf(await sale.entomb(mixed.map((hold) => sale.tomb(hold))));
    expect(Object.keys(words)).toHaveLength(6_300);
    expect(sold.map(({ checkoutId }) => words[checkoutId])).toEqual(sold.map(() => "confirmed"));
    expect(Object.values(words).filter((word) => word === "cancelled")).toHaveLength(6_150);
    expect(await sale.counters()).toEqual({ sold: 150, held: 0 });
  });

  it("are none for none, for an unknown sale, and one for a checkout named twice", async () => {
    const sale = await scene().open();
    const hold = sale.hold();
    expect(await sale.entomb([])).toEqual([]);
    expect(await sale.ledger.entomb("x-none", [sale.tomb(hold)], { kind: "none" })).toEqual([]);
    expect(await sale.entomb([sale.tomb(hold), sale.tomb(hold)])).toHaveLength(1);
  });
}

function guardContract(scene: () => Scene): void {
  it("absent: only what has no row", async () => {
    const sale = await scene().open();
    const [held, fresh] = [sale.hold(), sale.hold()];
    await sale.recover([held]);
    const judged = await sale.entomb([sale.tomb(held), sale.tomb(fresh)], { kind: "absent" });
    expect(wordsOf(judged)).toEqual({ [fresh.checkoutId]: "cancelled" });
    expect(await sale.standing(held)).toBe("held");
    expect(await sale.counters()).toEqual({ sold: 0, held: 1 });
  });

  it("none: also while a recovery runs", async () => {
    const sale = await scene().open();
    const [held, fresh] = [sale.hold(), sale.hold()];
    await sale.recover([held]);
    await sale.begin();
    expect(Object.values(wordsOf(await sale.entomb([sale.tomb(held), sale.tomb(fresh)])))).toEqual([
      "cancelled",
      "cancelled",
    ]);
    expect(await sale.counters()).toEqual({ sold: 0, held: 0 });
  });
}

function deadlineContract(scene: () => Scene): void {
  it("cart_deadline: only past the tomb's own deadline, by the ledger's time", async () => {
    const sale = await scene().open();
    const nowMs = await scene().nowMs();
    const due = sale.hold({ mode: "lapsed", deadlineMs: nowMs - 1_000 });
    const early = sale.hold({ mode: "lapsed", deadlineMs: nowMs + 60_000 });
    const timeless = sale.hold();
    const sold = sale.hold();
    await sale.confirm(sold);
    const tombs = [due, early, sold].map((hold) => sale.tomb(hold, { state: "expired" }));
    const judged = await sale.entomb([...tombs, { ...sale.tomb(timeless), deadlineMs: null }], {
      kind: "cart_deadline",
      claimEpoch: 1,
    });
    expect(wordsOf(judged)).toEqual({ [due.checkoutId]: "expired", [sold.checkoutId]: "confirmed" });
    expect(await sale.standing(early)).toBe("absent");
    expect(await sale.standing(timeless)).toBe("absent");
  });

  it("cart_deadline: only under the epoch of the claim", async () => {
    const sale = await scene().open();
    const deadlineMs = (await scene().nowMs()) - 1_000;
    const lapsed = () => sale.hold({ mode: "lapsed", deadlineMs });
    const [held, fresh, sold] = [lapsed(), lapsed(), lapsed()];
    await sale.confirm(sold);
    await sale.recover([held]);
    const tombs = [held, fresh, sold].map((hold) => sale.tomb(hold, { state: "expired" }));
    const standing = { [sold.checkoutId]: "confirmed" };
    expect(wordsOf(await sale.entomb(tombs, { kind: "cart_deadline", claimEpoch: 1 }))).toEqual(standing);
    expect(await sale.standing(held)).toBe("held");
    await sale.begin();
    expect(wordsOf(await sale.entomb(tombs, { kind: "cart_deadline", claimEpoch: 2 }))).toEqual(standing);
    expect(wordsOf(await sale.entomb(tombs, { kind: "cart_deadline", claimEpoch: 3 }))).toEqual({
      ...standing,
      [held.checkoutId]: "expired",
      [fresh.checkoutId]: "expired",
    });
  });

  it("settle_until: only past it, by the ledger's time", async () => {
    const running = await scene().open();
    const waiting = running.hold();
    expect(await running.entomb([running.tomb(waiting)], { kind: "settle_until" })).toEqual([]);
    expect(await running.standing(waiting)).toBe("absent");

    const over = await scene().open(OVER);
    const [held, fresh] = [over.hold(), over.hold()];
    await over.recover([held]);
    const tombs = [held, fresh].map((hold) => over.tomb(hold, { state: "expired" }));
    expect(await over.entomb(tombs, { kind: "settle_until" })).toHaveLength(2);
    expect(await over.counters()).toEqual({ sold: 0, held: 0 });
    expect(await over.ledger.close(over.id)).toBe("closed");
    expect(await over.entomb([over.tomb(over.hold())], { kind: "settle_until" })).toHaveLength(1);
  });
}
