import { describe, expect, it } from "vitest";
import type { Hold } from "../domain/checkout.ts";
import type { GateSnapshot } from "../domain/gate-snapshot.ts";
import { lines, type Scene, wordsOf } from "./ledger-contract-scene.ts";

/** Recovery (c): what survives a gate, and what the next one is opened with. */
export function adoptionContract(scene: () => Scene): void {
  describe("adoption", () => {
    survivorContract(scene);
    misfitContract(scene);
    volumeContract(scene);
  });
  describe("ended checkouts", () => endedContract(scene));
  describe("the snapshot", () => snapshotContract(scene));
}

function endedContract(scene: () => Scene): void {
  it("gives a checkout that was ended without its key the key that the gate kept", async () => {
    const sale = await scene().open();
    const hold = sale.hold({ key: "k", fingerprint: "f" });
    await sale.entomb([{ ...sale.tomb(hold), key: "", fingerprint: "" }]);
    const { checkoutId, userId } = hold;
    expect((await sale.recover([])).keys).toEqual([]);
    const entry = { checkoutId, userId, key: "k", fingerprint: "f" };
    expect((await sale.recover([hold])).keys).toEqual([entry]);
    expect((await sale.recover([])).keys).toEqual([entry]);
    expect(await sale.standing(hold)).toBe("cancelled");
  });

  it("is given its key by whoever comes with the hold, before any recovery", async () => {
    const sale = await scene().open();
    const [settled, swept] = [sale.hold({ key: "k", fingerprint: "f" }), sale.hold({ key: "l", fingerprint: "g" })];
    for (const hold of [settled, swept]) await sale.entomb([{ ...sale.tomb(hold), key: "", fingerprint: "" }]);
    expect(await sale.verdict(settled)).toBe("cancelled");
    expect(wordsOf(await sale.entomb([sale.tomb(swept)]))).toEqual({ [swept.checkoutId]: "cancelled" });
    const keys = [settled, swept].map(({ checkoutId, userId, key, fingerprint }) => {
      return { checkoutId, userId, key, fingerprint };
    });
    expect((await sale.recover([])).keys).toEqual(expect.arrayContaining(keys));
  });
}

function survivorContract(scene: () => Scene): void {
  it("opens the sale under the recovery's epoch", async () => {
    const sale = await scene().open();
    expect(await sale.ledger.find(sale.id)).toMatchObject({ state: "open", epoch: 1, openEpoch: 1 });
    await sale.begin();
    expect(await sale.ledger.find(sale.id)).toMatchObject({ state: "recovering", epoch: 2, openEpoch: 1 });
    await sale.ledger.adopt(sale.id, 2, []);
    expect(await sale.ledger.find(sale.id)).toMatchObject({ state: "open", epoch: 2, openEpoch: 2 });
  });

  it("holds a survivor without a row", async () => {
    const sale = await scene().open();
    const hold = sale.hold({ lines: lines({ a: 1, c: 2 }), key: "k" });
    const snapshot = await sale.recover([hold]);
    expect(snapshot.holds).toEqual([hold]);
    expect(await sale.record(hold)).toMatchObject({
      status: { state: "held" },
      lines: hold.lines,
      epoch: 2,
      reservedAtMs: hold.sinceMs,
      decidedAtMs: null,
    });
    expect(await sale.counters()).toEqual({ sold: 0, held: 3 });
  });

  it("refreshes a held row: lines, mode and deadline", async () => {
    const sale = await scene().open();
    const cart = sale.hold({ mode: "cart", lines: lines({ a: 1 }) });
    const other = sale.hold({ mode: "cart", lines: lines({ b: 1 }) });
    await sale.recover([cart, other]);
    const grown: Hold = {
      ...cart,
      mode: "submitted",
      lines: lines({ a: 1, c: 2 }),
      deadlineMs: cart.deadlineMs + 1,
    };
    const snapshot = await sale.recover([grown, { ...other, mode: "lapsed" }]);
    expect(snapshot.holds).toEqual([grown, { ...other, mode: "lapsed" }]);
    expect(await sale.record(cart)).toMatchObject({ lines: grown.lines, epoch: 3 });
    expect(await sale.counters()).toEqual({ sold: 0, held: 4 });
  });

  it("keeps a held row without a survivor: the gate may have lost it, the ledger has not", async () => {
    const sale = await scene().open();
    const [kept, survivor] = [sale.hold({ lines: lines({ a: 1 }) }), sale.hold()];
    await sale.recover([kept]);
    const snapshot = await sale.recover([survivor]);
    expect(snapshot.holds).toEqual([kept, survivor]);
    expect(await sale.counters()).toEqual({ sold: 0, held: 2 });
  });

  it("leaves verdicts alone", async () => {
    const sale = await scene().open();
    const [sold, cancelled] = [sale.hold({ lines: lines({ a: 1 }) }), sale.hold()];
    await sale.confirm(sold);
    await sale.entomb([sale.tomb(cancelled)]);
    const snapshot = await sale.recover([sold, cancelled]);
    expect(snapshot.holds).toEqual([]);
    expect([await sale.standing(sold), await sale.standing(cancelled)]).toEqual(["confirmed", "cancelled"]);
    expect(await sale.counters()).toEqual({ sold: 1, held: 0 });
  });
}

function misfitContract(scene: () => Scene): void {
  it("takes a survivor whose key belongs to another checkout for one of a lost gate", async () => {
    const sale = await scene().open();
    const key = { userId: "u", key: "k" };
    await sale.confirm(sale.hold(key));
    const [lost, fine] = [sale.hold(key), sale.hold({ ...key, userId: "v" })];
    await sale.recover([lost, fine]);
    expect([await sale.standing(lost), await sale.standing(fine)]).toEqual(["gate_lost", "held"]);
    const twin = sale.hold({ ...key, userId: "v" });
    await sale.recover([twin]);
    expect([await sale.standing(twin), await sale.standing(fine)]).toEqual(["gate_lost", "held"]);
    expect(await sale.counters()).toEqual({ sold: 1, held: 1 });
  });

  it("gives a key that two survivors claim to the first, and to nobody if that does not fit", async () => {
    const sale = await scene().open({ stock: { c: 2 } });
    const claim = (key: string, itemId: string) => sale.hold({ userId: "u", key, lines: lines({ [itemId]: 1 }) });
    const [first, second, misfit, fit] = [claim("k", "c"), claim("k", "c"), claim("l", "x"), claim("l", "c")];
    const snapshot = await sale.recover([second, first, fit, misfit]);
    const words = await Promise.all([first, second, misfit, fit].map((hold) => sale.standing(hold)));
    expect(words).toEqual(["held", "gate_lost", "sold_out", "gate_lost"]);
    expect(snapshot.keys.map(({ key }) => key)).toEqual(["k"]);
  });

  it("rejects what does not fit any more, and never fails on it", async () => {
    const sale = await scene().open({ stock: { a: 1, c: 2 } });
    const held = sale.hold({ lines: lines({ c: 1 }) });
    await sale.recover([held]);
    await sale.confirm(sale.hold({ lines: lines({ a: 1 }) }));
    const [gone, unknown, fits, late] = [{ a: 1 }, { nothing: 1 }, { c: 1 }, { c: 1 }].map((units) => {
      return sale.hold({ lines: lines(units) });
    }) as [Hold, Hold, Hold, Hold];
    await sale.recover([gone, unknown, fits, late, { ...held, lines: lines({ a: 1, c: 1 }) }]);
    const words = await Promise.all([gone, unknown, fits, late, held].map((hold) => sale.standing(hold)));
    // by id: the held row is the oldest, so its unit is free again when the others are looked at
    expect(words).toEqual(["sold_out", "sold_out", "held", "held", "sold_out"]);
    expect(await sale.counters()).toEqual({ sold: 1, held: 2 });
  });
}

function volumeContract(scene: () => Scene): void {
  it("does nothing for a recovery that was overtaken", async () => {
    const sale = await scene().open();
    const hold = sale.hold();
    expect(await sale.ledger.adopt(sale.id, 1, [hold])).toBe("superseded");
    await sale.begin();
    await sale.begin();
    expect(await sale.ledger.adopt(sale.id, 2, [hold])).toBe("superseded");
    expect(await sale.standing(hold)).toBe("absent");
    expect(await sale.ledger.find(sale.id)).toMatchObject({ state: "recovering", epoch: 3, openEpoch: 1 });
    await sale.ledger.adopt(sale.id, 3, [hold]);
    expect(await sale.ledger.adopt(sale.id, 3, [])).toBe("superseded");
  });

  it("takes thousands of survivors, known and new", async () => {
    const sale = await scene().open({ stock: { a: 3_000, c: 9_000 } });
    const known = sale.holds(3_000, { lines: lines({ a: 1 }) });
    await sale.recover(known);
    const fresh = sale.holds(6_000, { lines: lines({ c: 1 }) });
    const snapshot = await sale.recover([...fresh, ...known]);
    expect(snapshot.totals).toEqual({ available: 3_000, held: 9_000, sold: 0 });
    expect(snapshot.holds).toHaveLength(9_000);
  });
}

function snapshotContract(scene: () => Scene): void {
  it("is of the sale as the recovery leaves it, to the unit", async () => {
    const sale = await scene().open({ stock: { a: 1, b: 2, c: 9 }, limit: 6 });
    const sold = sale.hold({ userId: "u", lines: lines({ a: 1, c: 2 }), key: "sold" });
    const kept = sale.hold({ userId: "u", mode: "cart", lines: lines({ c: 1 }), key: "kept" });
    await sale.confirm(sold);
    await sale.recover([kept]);
    const survivor = sale.hold({ userId: "v", lines: lines({ b: 2, c: 1 }) });
    const cancelled = sale.hold({ userId: "w", key: "cancelled" });
    const rejected = sale.hold({ userId: "w", key: "rejected", lines: lines({ a: 1 }) });
    await sale.entomb([sale.tomb(cancelled)]);
    await sale.settleOne(rejected);

    const { id, opensAtMs, closesAtMs, settleUntilMs, limitPerUser } = sale.plan;
    const entry = ({ userId, key, fingerprint, checkoutId }: Hold) => ({ userId, key, fingerprint, checkoutId });
    expect(ordered(await sale.recover([survivor]))).toEqual(
      ordered({
        sale: { id, epoch: 3, opensAtMs, closesAtMs, settleUntilMs, limitPerUser, paused: false, pauseVersion: 0 },
        totals: { available: 5, held: 4, sold: 3 },
        stock: [
          ["a", 0],
          ["b", 0],
          ["c", 5],
        ],
        buyers: [
          ["u", 4],
          ["v", 3],
        ],
        holds: [kept, survivor],
        keys: [entry(sold), entry(kept), entry(cancelled)],
      }),
    );
  });

  it("names a key once: the held or confirmed checkout first, then the newest", async () => {
    const sale = await scene().open();
    const twice = { userId: "u", key: "k" };
    const [, bought, later] = [sale.hold(twice), sale.hold(twice), sale.hold(twice)];
    const [early, newest] = [sale.hold({ userId: "v", key: "k" }), sale.hold({ userId: "v", key: "k" })];
    await sale.entomb([later, early, newest].map((hold) => sale.tomb(hold)));
    await sale.confirm(bought);
    const { keys } = await sale.recover();
    expect(new Map(keys.map(({ userId, checkoutId }) => [userId, checkoutId]))).toEqual(
      new Map([
        ["u", bought.checkoutId],
        ["v", newest.checkoutId],
      ]),
    );
    expect(keys).toHaveLength(2);
  });

  it("has every item, in order, of a sale that nobody bought from", async () => {
    const sale = await scene().schedule({ stock: { z: 1, a: 2 } });
    const snapshot = await sale.recover();
    expect(snapshot.stock).toEqual([
      ["z", 1],
      ["a", 2],
    ]);
    expect(snapshot).toMatchObject({ totals: { available: 3, held: 0, sold: 0 }, buyers: [], holds: [], keys: [] });
  });
}

/** A snapshot with what has no order put in one. */
function ordered(snapshot: GateSnapshot): GateSnapshot {
  const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return {
    ...snapshot,
    buyers: [...snapshot.buyers].sort(byText),
    holds: [...snapshot.holds].sort(byText),
    keys: [...snapshot.keys].sort(byText),
  };
}
