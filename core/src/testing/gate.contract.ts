import { describe, expect, it } from "vitest";
import type { Admission, GateReader, Holds, Opening, ReserveRequest } from "../application/ports/gate.ts";
import type { SaleEvent, SaleFeed } from "../application/ports/sale-feed.ts";
import type { Hold, Judged, Verdict } from "../domain/checkout.ts";
import type { GateSnapshot } from "../domain/gate-snapshot.ts";
import type { GateTotals, ReserveReply } from "../domain/outcomes.ts";

/** A gate under test. `restart` cuts the server's life: its data stays, its script cache does not. */
export interface GateHarness {
  readonly admission: Admission;
  readonly holds: Holds;
  readonly opening: Opening;
  readonly reader: GateReader;
  readonly feed: SaleFeed;
  /** The gate's own time. */
  readonly nowMs: () => Promise<number>;
  readonly restart: () => Promise<void>;
  /** Most holds the gate takes. */
  readonly backlogMax: number;
}

let serial = 0;
const fresh = (name: string) => `${name}-${++serial}`;

/** What every gate must do, run against memory and against the real server. */
export function gateContract(name: string, open: () => Promise<GateHarness>): void {
  describe(`gate contract: ${name}`, () => {
    admissionContract(open);
    keyContract(open);
    cartContract(open);
    holdsContract(open);
    openingContract(open);
  });
}

interface SaleTerms {
  readonly stock?: Readonly<Record<string, number>>;
  readonly limit?: number;
  readonly opensInMs?: number;
  readonly closesInMs?: number;
  readonly paused?: boolean;
}

/** A sale with an open gate, and the moves of its shoppers. */
async function openSale(harness: GateHarness, terms: SaleTerms = {}) {
  const saleId = fresh("x");
  const nowMs = await harness.nowMs();
  const stock = Object.entries(terms.stock ?? { a: 1, b: 1, c: 3 });
  const total = stock.reduce((sum, [, units]) => sum + units, 0);
  const sale = {
    id: saleId,
    opensAtMs: nowMs + (terms.opensInMs ?? -1_000),
    closesAtMs: nowMs + (terms.closesInMs ?? 600_000),
    settleUntilMs: nowMs + 900_000,
    limitPerUser: terms.limit ?? 3,
    paused: terms.paused ?? false,
    pauseVersion: 0,
  };
  const snapshot = (epoch: number, more: Partial<GateSnapshot> = {}): GateSnapshot => ({
    sale: { ...sale, epoch },
    totals: { available: total, held: 0, sold: 0 },
    stock,
    buyers: [],
    holds: [],
    keys: [],
    ...more,
  });
  const install = async (epoch: number, openEpoch: number, more: Partial<GateSnapshot> = {}) => {
    const survivors = await harness.opening.shut(saleId, epoch, openEpoch);
    if (survivors === "superseded") return survivors;
    return harness.opening.install(snapshot(epoch, more), survivors.incarnation);
  };
  expect(await install(1, 0)).toBe("installed");
  const request = (over: Partial<ReserveRequest> = {}): ReserveRequest => ({
    saleId,
    checkoutId: fresh("checkout"),
    userId: fresh("user"),
    mode: "submitted",
    demand: { lines: [], any: 1 },
    key: "",
    fingerprint: "",
    ...over,
  });
  const reserve = (over: Partial<ReserveRequest> = {}) => harness.admission.reserve(request(over));
  const items = (lines: Readonly<Record<string, number>>, any = 0) => ({
    lines: Object.entries(lines).map(([itemId, quantity]) => ({ itemId, quantity })),
    any,
  });
  const expectTotals = async (totals: GateTotals) => {
    const facts = await harness.reader.inspect(saleId);
    expect(facts?.totals).toEqual(totals);
    expect([...(facts?.stock.values() ?? [])].reduce((sum, units) => sum + units, 0)).toBe(totals.available);
    const inStock = [...(facts?.stock ?? [])].flatMap(([itemId, units]) => (units > 0 ? [itemId] : []));
    expect([...(facts?.pool ?? [])].sort()).toEqual(inStock.sort());
  };
  return { saleId, sale, snapshot, install, request, reserve, items, expectTotals, total };
}

function held(reply: ReserveReply): Hold {
  if (reply.kind !== "held") throw new Error(`expected a hold, got ${reply.kind}`);
  return reply.hold;
}

function judged(hold: Hold, verdict: Verdict): Judged {
  return { checkoutId: hold.checkoutId, verdict, decidedAtMs: hold.sinceMs + 1 };
}

function admissionContract(open: () => Promise<GateHarness>): void {
  it("takes named items and any in one hold, off stock, pool and allowance", async () => {
    const harness = await open();
    const { saleId, reserve, items, expectTotals } = await openSale(harness);
    const hold = held(await reserve({ userId: "u", demand: items({ c: 1, a: 1 }, 1) }));
    expect(hold.lines.reduce((sum, line) => sum + line.quantity, 0)).toBe(3);
    expect(hold.lines.map((line) => line.itemId)).toEqual(expect.arrayContaining(["a", "c"]));
    await expectTotals({ available: 2, held: 3, sold: 0 });
    expect((await harness.reader.inspect(saleId))?.buyers.get("u")).toBe(3);
  });

  it("answers with the totals after the step", async () => {
    const { reserve } = await openSale(await open());
    expect(await reserve()).toMatchObject({ kind: "held", epoch: 1, totals: { available: 4, held: 1, sold: 0 } });
  });

  it("refuses in order, and a refusal writes nothing", async () => {
    const harness = await open();
    const paused = await openSale(harness, { paused: true, opensInMs: 60_000 });
    expect((await paused.reserve()).kind).toBe("sale_paused");
    const early = await openSale(harness, { opensInMs: 60_000 });
    expect((await early.reserve()).kind).toBe("sale_not_open");
    const late = await openSale(harness, { opensInMs: -60_000, closesInMs: -1 });
    expect((await late.reserve()).kind).toBe("sale_closed");
    const sale = await openSale(harness, { stock: { a: 1, b: 1 }, limit: 1 });
    expect(await sale.reserve({ demand: sale.items({ a: 9, nope: 9 }) })).toEqual({
      kind: "unknown_item",
      itemId: "nope",
    });
    expect((await sale.reserve({ demand: sale.items({ a: 2 }, 1) })).kind).toBe("sold_out");
    expect(await sale.reserve({ demand: sale.items({ a: 2 }) })).toEqual({ kind: "item_taken", itemId: "a" });
    expect(await sale.reserve({ demand: sale.items({ a: 1 }, 1) })).toEqual({ kind: "user_limit", unitsLeft: 1 });
    for (const each of [paused, early, late, sale])
      await each.expectTotals({ available: each.total, held: 0, sold: 0 });
  });

  it("sums an item's demand over repeated lines", async () => {
    const { reserve } = await openSale(await open(), { stock: { a: 2, b: 9 } });
    const twice = [1, 2].map(() => ({ itemId: "a", quantity: 1 }));
    expect(await reserve({ demand: { lines: [...twice, { itemId: "a", quantity: 1 }], any: 0 } })).toMatchObject({
      kind: "item_taken",
    });
    expect(held(await reserve({ demand: { lines: twice, any: 0 } })).lines).toEqual([{ itemId: "a", quantity: 2 }]);
  });

  it("serves any from whatever is left, several units of one item when need be", async () => {
    const { reserve, items, expectTotals } = await openSale(await open(), { stock: { a: 1, b: 4 }, limit: 5 });
    held(await reserve({ demand: items({ a: 1 }) }));
    expect(held(await reserve({ demand: items({ b: 1 }, 3) })).lines).toEqual([{ itemId: "b", quantity: 4 }]);
    await expectTotals({ available: 0, held: 5, sold: 0 });
    expect((await reserve()).kind).toBe("sold_out");
  });

  it("gives one user its limit out of many parallel checkouts, and one unit to one of two users", async () => {
    const { reserve, items, expectTotals } = await openSale(await open(), { stock: { a: 1, b: 500 }, limit: 10 });
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => reserve({ userId: "u", demand: items({ b: 1 }) })),
    );
    expect(replies.filter((reply) => reply.kind === "held")).toHaveLength(10);
    expect(new Set(replies.map((reply) => reply.kind))).toEqual(new Set(["held", "user_limit"]));
    const rivals = await Promise.all(["v", "w"].map((userId) => reserve({ userId, demand: items({ a: 1 }) })));
    expect(rivals.map((reply) => reply.kind).sort()).toEqual(["held", "item_taken"]);
    await expectTotals({ available: 490, held: 11, sold: 0 });
  });

  it("refuses past the backlog", async () => {
    const harness = await open();
    const { reserve } = await openSale(harness, { stock: { a: harness.backlogMax + 5 }, limit: 1 });
    const replies = await Promise.all(Array.from({ length: harness.backlogMax + 5 }, () => reserve()));
    expect(replies.filter((reply) => reply.kind === "held")).toHaveLength(harness.backlogMax);
    expect(replies.filter((reply) => reply.kind === "backlog_full")).toHaveLength(5);
  });
}

function keyContract(open: () => Promise<GateHarness>): void {
  it("answers a used key with its checkout, whatever has become of the sale since", async () => {
    const harness = await open();
    const { saleId, request, reserve, expectTotals } = await openSale(harness, { stock: { a: 1 } });
    const first = request({ userId: "u", key: "k|1", fingerprint: "f" });
    const hold = held(await harness.admission.reserve(first));
    const again = { ...first, checkoutId: fresh("other") };
    expect(await harness.admission.reserve(again)).toEqual({
      kind: "replayed",
      epoch: 1,
      checkoutId: hold.checkoutId,
      hold,
    });
    await harness.holds.finalise(saleId, 1, [judged(hold, { state: "confirmed" })]);
    expect(await harness.admission.reserve(again)).toEqual({
      kind: "replayed",
      epoch: 1,
      checkoutId: hold.checkoutId,
      hold: null,
    });
    expect((await reserve({ userId: "u", key: "k|1", fingerprint: "g" })).kind).toBe("key_reused");
    expect((await reserve({ userId: "v", key: "k|1", fingerprint: "g" })).kind).toBe("sold_out");
    await expectTotals({ available: 0, held: 0, sold: 1 });
  });

  it("makes one checkout of one key sent many times at once", async () => {
    const { reserve, expectTotals, total } = await openSale(await open());
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => reserve({ userId: "u", key: "k", fingerprint: "f" })),
    );
    const [hold] = replies.flatMap((reply) => (reply.kind === "held" ? [reply.hold] : []));
    expect(replies.filter((reply) => reply.kind === "held")).toHaveLength(1);
    for (const reply of replies) if (reply.kind === "replayed") expect(reply.checkoutId).toBe(hold?.checkoutId);
    await expectTotals({ available: total - 1, held: 1, sold: 0 });
  });
}

function cartContract(open: () => Promise<GateHarness>): void {
  it("grows a cart and submits it; the owner alone may", async () => {
    const harness = await open();
    const { saleId, reserve, items, expectTotals } = await openSale(harness);
    const cart = held(await reserve({ userId: "u", mode: "cart", demand: items({ a: 1 }) }));
    const mine = { saleId, checkoutId: cart.checkoutId, userId: "u" };
    expect((await harness.admission.addLines({ ...mine, userId: "v", demand: items({ b: 1 }) })).kind).toBe(
      "not_found",
    );
    const grown = await harness.admission.addLines({ ...mine, demand: items({ b: 1, c: 1 }) });
    expect(grown).toMatchObject({
      kind: "held",
      hold: { mode: "cart", lines: [{ itemId: "a" }, { itemId: "b" }, { itemId: "c" }] },
    });
    expect((await harness.admission.addLines({ ...mine, demand: items({ c: 1 }) })).kind).toBe("user_limit");
    expect((await harness.admission.purchase({ ...mine, userId: "v" })).kind).toBe("not_found");
    const bought = await harness.admission.purchase(mine);
    expect(bought).toMatchObject({ kind: "submitted", epoch: 1, hold: { mode: "submitted" }, again: false });
    expect(await harness.admission.purchase(mine)).toEqual({ ...bought, again: true });
    expect((await harness.admission.addLines({ ...mine, demand: items({ c: 1 }) })).kind).toBe("not_a_cart");
    await expectTotals({ available: 2, held: 3, sold: 0 });
  });

  it("claims a cart past its deadline only, and a claimed cart can neither grow nor be bought", async () => {
    const harness = await open();
    const { saleId, sale, reserve, items, install, total } = await openSale(harness);
    const cart = held(await reserve({ userId: "u", mode: "cart", demand: items({ a: 1 }) }));
    expect(await harness.holds.lapse(saleId, 1, [cart.checkoutId])).toEqual([]);
    const late = { ...cart, deadlineMs: sale.opensAtMs };
    const totals = { available: total - 1, held: 1, sold: 0 };
    const stock = [
      ["a", 0],
      ["b", 1],
      ["c", 3],
    ] as const;
    expect(await install(2, 1, { holds: [late], totals, stock, buyers: [["u", 1]] })).toBe("installed");
    expect(await harness.holds.lapse(saleId, 1, [cart.checkoutId])).toBe("gate_shut");
    expect(await harness.holds.lapse(saleId, 2, [cart.checkoutId, "absent"])).toEqual([cart.checkoutId]);
    expect(await harness.holds.lapse(saleId, 2, [cart.checkoutId])).toEqual([cart.checkoutId]);
    const mine = { saleId, checkoutId: cart.checkoutId, userId: "u" };
    expect((await harness.admission.purchase(mine)).kind).toBe("expired");
    expect((await harness.admission.addLines({ ...mine, demand: items({ b: 1 }) })).kind).toBe("expired");
  });
}

function holdsContract(open: () => Promise<GateHarness>): void {
  it("finalises each hold once: confirmed is sold, anything else comes back", async () => {
    const harness = await open();
    const { saleId, reserve, items, expectTotals } = await openSale(harness);
    const sold = held(await reserve({ userId: "u", demand: items({ a: 1 }) }));
    const lost = held(await reserve({ userId: "v", demand: items({ b: 1, c: 2 }) }));
    const verdicts = [judged(sold, { state: "confirmed" }), judged(lost, { state: "cancelled" })];
    for (let times = 0; times < 2; times += 1) {
      expect(await harness.holds.finalise(saleId, 1, verdicts)).toBe("done");
      await expectTotals({ available: 4, held: 0, sold: 1 });
    }
    const facts = await harness.reader.inspect(saleId);
    expect([...(facts?.buyers ?? [])]).toEqual([["u", 1]]);
    expect(await harness.holds.read(saleId, 1, [sold.checkoutId, lost.checkoutId])).toEqual([]);
  });

  it("publishes every verdict it is given, with what changed", async () => {
    const harness = await open();
    const { saleId, reserve, items } = await openSale(harness);
    const sold = held(await reserve({ demand: items({ a: 1 }) }));
    const lost = held(await reserve({ demand: items({ c: 2 }) }));
    const verdicts = [judged(sold, { state: "confirmed" }), judged(lost, { state: "rejected", reason: "gate_lost" })];
    const event = new Promise<SaleEvent>((resolve) => {
      harness.feed
        .subscribe(
          (found) => found.saleId === saleId && found.kind === "settled" && resolve(found),
          () => undefined,
        )
        .then(() => harness.holds.finalise(saleId, 1, verdicts));
    });
    expect(await event).toEqual({
      kind: "settled",
      saleId,
      epoch: 1,
      judged: verdicts,
      totals: { available: 4, held: 0, sold: 1 },
      soldUnits: new Map([["a", 1]]),
      stock: new Map([
        ["a", 0],
        ["c", 3],
      ]),
    });
  });

  it("hands a due hold to one claimer, and reads any", async () => {
    const harness = await open();
    const { saleId, reserve, install, items, total } = await openSale(harness);
    const hold = held(await reserve({ userId: "u", demand: items({ a: 1 }) }));
    expect(await harness.holds.claimDue(saleId, 1, 10)).toEqual([]);
    expect(await harness.holds.some(saleId, 1, 10)).toEqual([hold]);
    const stock = [
      ["a", 0],
      ["b", 1],
      ["c", 3],
    ] as const;
    await install(2, 1, {
      holds: [hold],
      totals: { available: total - 1, held: 1, sold: 0 },
      stock,
      buyers: [["u", 1]],
    });
    const claims = await Promise.all([1, 2, 3].map(() => harness.holds.claimDue(saleId, 2, 10)));
    expect(claims.flat()).toEqual([hold]);
  });
}

function openingContract(open: () => Promise<GateHarness>): void {
  it("is shut after a restart until a recovery grants the lease anew; survivors and keys go on", async () => {
    const harness = await open();
    const { saleId, request, reserve, snapshot, expectTotals } = await openSale(harness, {
      stock: { a: 1, b: 1 },
    });
    const first = request({
      userId: "u",
      key: "k",
      fingerprint: "f",
      demand: { lines: [{ itemId: "a", quantity: 1 }], any: 0 },
    });
    const hold = held(await harness.admission.reserve(first));
    expect(await harness.opening.isOpen(saleId, 1)).toBe(true);
    await harness.restart();
    expect(await harness.opening.isOpen(saleId, 1)).toBe(false);
    expect((await reserve()).kind).toBe("gate_shut");
    const survivors = await harness.opening.shut(saleId, 2, 1);
    if (survivors === "superseded") throw new Error("nobody else recovers");
    expect(survivors.holds).toEqual([hold]);
    const again = snapshot(2, {
      totals: { available: 1, held: 1, sold: 0 },
      stock: [
        ["a", 0],
        ["b", 1],
      ],
      buyers: [["u", 1]],
      holds: survivors.holds,
      keys: [{ userId: "u", key: "k", fingerprint: "f", checkoutId: hold.checkoutId }],
    });
    expect(await harness.opening.install(again, survivors.incarnation)).toBe("installed");
    expect(await harness.opening.isOpen(saleId, 2)).toBe(true);
    expect(await harness.admission.reserve(first)).toEqual({
      kind: "replayed",
      epoch: 2,
      checkoutId: hold.checkoutId,
      hold,
    });
    await expectTotals({ available: 1, held: 1, sold: 0 });
  });

  it("shuts one sale's gate and leaves another's open", async () => {
    const harness = await open();
    const [one, other] = [await openSale(harness), await openSale(harness)];
    await harness.opening.shut(one.saleId, 2, 1);
    expect((await one.reserve()).kind).toBe("gate_shut");
    expect((await other.reserve()).kind).toBe("held");
  });

  it("lets no older recovery shut or install over a newer one, and no installation outlive a restart", async () => {
    const harness = await open();
    const { saleId, snapshot, reserve } = await openSale(harness);
    const older = await harness.opening.shut(saleId, 2, 1);
    const newer = await harness.opening.shut(saleId, 3, 1);
    if (older === "superseded" || newer === "superseded") throw new Error("each was the newest when it shut");
    expect(await harness.opening.shut(saleId, 3, 1)).toBe("superseded");
    expect(await harness.opening.install(snapshot(2), older.incarnation)).toBe("superseded");
    await harness.restart();
    expect(await harness.opening.install(snapshot(3), newer.incarnation)).toBe("superseded");
    expect((await reserve()).kind).toBe("gate_shut");
  });

  it("pauses and resumes an open gate, and takes no older word", async () => {
    const harness = await open();
    const { saleId, request, reserve, items, install, expectTotals, total } = await openSale(harness);
    const tell = (paused: boolean, pauseVersion: number, epoch = 1) =>
      harness.opening.tellPaused(saleId, epoch, { paused, pauseVersion });
    const first = request({ userId: "u", key: "k", fingerprint: "f" });
    const hold = held(await harness.admission.reserve(first));
    const cart = held(await reserve({ userId: "v", mode: "cart" }));
    const mine = { saleId, checkoutId: cart.checkoutId, userId: "v" };

    expect(await tell(true, 1)).toBe("told");
    expect((await reserve()).kind).toBe("sale_paused");
    expect((await harness.admission.addLines({ ...mine, demand: items({}, 1) })).kind).toBe("sale_paused");
    expect(await harness.admission.reserve({ ...first, checkoutId: fresh("other") })).toMatchObject({
      kind: "replayed",
      checkoutId: hold.checkoutId,
    });
    expect((await harness.admission.reserve({ ...first, fingerprint: "g" })).kind).toBe("key_reused");
    expect((await harness.admission.purchase(mine)).kind).toBe("submitted");
    await harness.holds.finalise(saleId, 1, [judged(hold, { state: "confirmed" })]);
    await expectTotals({ available: total - 2, held: 1, sold: 1 });

    expect(await tell(false, 1)).toBe("told");
    expect(await tell(false, 0)).toBe("told");
    expect((await reserve()).kind).toBe("sale_paused");
    expect(await tell(false, 2)).toBe("told");
    expect(await tell(true, 1)).toBe("told");
    expect((await reserve()).kind).toBe("held");

    expect(await tell(true, 3, 2)).toBe("gate_shut");
    expect(await install(2, 1)).toBe("installed");
    expect(await tell(true, 3)).toBe("gate_shut");
    expect((await reserve()).kind).toBe("held");
    expect(await tell(true, 3, 2)).toBe("told");
    expect((await reserve()).kind).toBe("sale_paused");
  });

  it("installs what the ledger says of the pause, and goes on from its version", async () => {
    const harness = await open();
    const { saleId, sale, snapshot, reserve } = await openSale(harness);
    expect((await reserve()).kind).toBe("held");
    const survivors = await harness.opening.shut(saleId, 2, 1);
    if (survivors === "superseded") throw new Error("nobody else recovers");
    expect(await harness.opening.tellPaused(saleId, 1, { paused: false, pauseVersion: 9 })).toBe("gate_shut");
    expect(await harness.opening.tellPaused(saleId, 2, { paused: false, pauseVersion: 9 })).toBe("gate_shut");
    const paused = snapshot(2, { sale: { ...sale, epoch: 2, paused: true, pauseVersion: 4 } });
    expect(await harness.opening.install(paused, survivors.incarnation)).toBe("installed");
    await harness.opening.tellPaused(saleId, 2, { paused: false, pauseVersion: 4 });
    expect((await reserve()).kind).toBe("sale_paused");
    await harness.opening.tellPaused(saleId, 2, { paused: false, pauseVersion: 5 });
    expect((await reserve()).kind).toBe("held");
  });

  it("retires a gate that holds nothing", async () => {
    const harness = await open();
    const { saleId, reserve } = await openSale(harness);
    const hold = held(await reserve());
    expect(await harness.opening.retire(saleId, 1)).toBe("holds_left");
    await harness.holds.finalise(saleId, 1, [judged(hold, { state: "expired" })]);
    expect(await harness.opening.retire(saleId, 1)).toBe("retired");
    expect(await harness.opening.retire(saleId, 1)).toBe("gone");
    expect((await reserve()).kind).toBe("gate_shut");
  });

  it("installs nothing in a sale that was retired meanwhile", async () => {
    const harness = await open();
    const { saleId, snapshot, reserve } = await openSale(harness);
    const survivors = await harness.opening.shut(saleId, 2, 1);
    if (survivors === "superseded") throw new Error("nobody else recovers");
    expect(await harness.opening.retire(saleId, 2)).toBe("gone");
    expect(await harness.opening.install(snapshot(2), survivors.incarnation)).toBe("superseded");
    expect((await reserve()).kind).toBe("gate_shut");
  });

  it("has nothing to tell of a sale without a gate", async () => {
    const harness = await open();
    expect(await harness.reader.totals("x-none")).toBeNull();
    expect(await harness.reader.stock("x-none")).toBeNull();
    expect(await harness.reader.inspect("x-none")).toBeNull();
    expect(await harness.opening.isOpen("x-none", 1)).toBe(false);
    expect(await harness.opening.tellPaused("x-none", 1, { paused: true, pauseVersion: 1 })).toBe("gate_shut");
    expect(await harness.holds.some("x-none", 1, 5)).toEqual([]);
    expect(await harness.holds.claimDue("x-none", 1, 5)).toEqual([]);
  });
}
