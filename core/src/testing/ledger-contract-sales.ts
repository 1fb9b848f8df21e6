import { describe, expect, it } from "vitest";
import { generatedCatalogue } from "../domain/item.ts";
import { hourlySale, hourOf } from "../domain/sale.ts";
import { lines, OVER, SaleOfScene, type Scene } from "./ledger-contract-scene.ts";

const CENTURY_MS = 100 * 365 * 86_400_000;

/** The life of sales, and what is read of them. */
export function saleContract(scene: () => Scene): void {
  describe("sales", () => lifeContract(scene));
  describe("closing", () => closingContract(scene));
  describe("records and status", () => recordContract(scene));
  describe("facts", () => factsContract(scene));
}

function lifeContract(scene: () => Scene): void {
  it("are scheduled once, with their items in order", async () => {
    const sale = await scene().schedule({ stock: { b: 2, a: 1 }, limit: 4 });
    const { ledger } = sale;
    expect(await ledger.schedule(sale.plan, [])).toBe("exists");
    expect(await ledger.find(sale.id)).toEqual({
      ...sale.plan,
      totalItems: 3,
      itemsSold: 0,
      itemsHeld: 0,
      epoch: 0,
      openEpoch: 0,
      state: "scheduled",
      paused: false,
      pauseVersion: 0,
      attempts: "all",
    });
    const item = { saleId: sale.id, priceMinor: 499, sold: 0, held: 0 };
    expect(await ledger.items(sale.id)).toEqual([
      { ...item, id: "b", name: "Item b", imageUrl: "/images/b.svg", position: 1, stock: 2 },
      { ...item, id: "a", name: "Item a", imageUrl: "/images/a.svg", position: 2, stock: 1 },
    ]);
  });

  it("are told apart from unknown ones", async () => {
    const { ledger } = scene();
    expect(await ledger.find("x-none")).toBeNull();
    expect(await ledger.items("x-none")).toEqual([]);
    expect(await ledger.facts("x-none")).toBeNull();
    expect(await ledger.status("x-none", "01900000-0000-7000-8000-000000000000")).toBeNull();
    expect(await ledger.records("x-none", ["01900000-0000-7000-8000-000000000000"])).toEqual([]);
    await expect(ledger.beginRecovery("x-none", 0)).rejects.toThrow("x-none");
    await expect(ledger.close("x-none")).rejects.toThrow("x-none");
  });

  it("are listed newest window first, by state when asked", async () => {
    const { ledger } = scene();
    const at = (hours: number) => {
      const opensInMs = CENTURY_MS + hours * 3_600_000;
      return { opensInMs, closesInMs: opensInMs + 1, settlesInMs: opensInMs + 1 };
    };
    const first = await scene().schedule(at(1));
    const third = await scene().schedule(at(3));
    const second = await scene().open(at(2));
    const ids = async (filter: Parameters<typeof ledger.list>[0]) => (await ledger.list(filter)).map(({ id }) => id);
    expect(await ids({ limit: 3 })).toEqual([third.id, second.id, first.id]);
    expect(await ids({ limit: 2 })).toEqual([third.id, second.id]);
    expect(await ids({ states: ["scheduled"], limit: 2 })).toEqual([third.id, first.id]);
    expect((await ids({ states: ["open", "recovering"], limit: 1 }))[0]).toBe(second.id);
    expect(await ids({ states: [], limit: 2 })).toEqual([]);
    expect(await ids({ after: third.plan, limit: 2 })).toEqual([second.id, first.id]);
    expect(await ids({ after: third.plan, states: ["scheduled"], limit: 1 })).toEqual([first.id]);
    const twin = { ...second.plan, id: `${second.id}-twin` };
    await ledger.schedule(twin, generatedCatalogue(twin.id, 1));
    expect(await ids({ after: third.plan, limit: 3 })).toEqual([twin.id, second.id, first.id]);
    expect(await ids({ after: twin, limit: 1 })).toEqual([second.id]);
  });

  it("begin a recovery only for whoever saw the present epoch", async () => {
    const sale = await scene().schedule();
    const begin = (seenEpoch: number) => sale.ledger.beginRecovery(sale.id, seenEpoch);
    expect(await begin(0)).toEqual({ kind: "begun", epoch: 1, openEpoch: 0 });
    expect(await begin(0)).toEqual({ kind: "superseded" });
    expect(await sale.ledger.find(sale.id)).toMatchObject({ state: "recovering", epoch: 1, openEpoch: 0 });
    sale.epoch = 1;
    await sale.ledger.adopt(sale.id, 1, []);
    expect(await begin(0)).toEqual({ kind: "superseded" });
    expect(await begin(1)).toEqual({ kind: "begun", epoch: 2, openEpoch: 1 });
  });
}

function closingContract(scene: () => Scene): void {
  it("waits for settle_until", async () => {
    const sale = await scene().open();
    expect(await sale.ledger.close(sale.id)).toBe("not_yet");
    expect(await sale.ledger.find(sale.id)).toMatchObject({ state: "open" });
  });

  it("expires what is held, gives its units back and seals the sale", async () => {
    const sale = await scene().open(OVER);
    const sold = sale.hold({ lines: lines({ a: 1 }) });
    await sale.confirm(sold);
    const held = [sale.hold({ lines: lines({ b: 1, c: 2 }) }), sale.hold({ mode: "cart" })];
    await sale.recover(held);
    expect(await sale.counters()).toEqual({ sold: 1, held: 4 });

    expect(await sale.ledger.close(sale.id)).toBe("closed");
    expect(await sale.counters()).toEqual({ sold: 1, held: 0 });
    for (const hold of held) expect(await sale.standing(hold)).toBe("expired");
    expect(await sale.standing(sold)).toBe("confirmed");
    expect(await sale.ledger.items(sale.id)).toMatchObject([{ sold: 1 }, { sold: 0, held: 0 }, { sold: 0, held: 0 }]);
    const facts = await sale.ledger.facts(sale.id);
    expect(facts).toMatchObject({ sale: { state: "closed" }, confirmedAfterClose: 0 });
    expect(facts?.closedAtMs).toBeGreaterThanOrEqual(sale.plan.settleUntilMs);
  });

  it("is possible from any state, and final", async () => {
    const scheduled = await scene().schedule(OVER);
    const recovering = await scene().schedule(OVER);
    await recovering.begin();
    for (const sale of [scheduled, recovering]) {
      expect(await sale.ledger.close(sale.id)).toBe("closed");
      expect(await sale.ledger.close(sale.id)).toBe("closed");
      expect(await sale.ledger.beginRecovery(sale.id, sale.epoch)).toEqual({ kind: "closed" });
      expect(await sale.ledger.adopt(sale.id, sale.epoch, [sale.hold()])).toBe("superseded");
    }
  });
}

function recordContract(scene: () => Scene): void {
  it("tell a checkout's row beside its sale", async () => {
    const sale = await scene().open();
    const hold = sale.hold({ userId: "u", lines: lines({ a: 1, c: 2 }) });
    expect(await sale.ledger.status(sale.id, hold.checkoutId)).toEqual({ record: null, openEpoch: 1, state: "open" });
    const [judged] = await sale.confirm(hold);
    const record = {
      saleId: sale.id,
      checkoutId: hold.checkoutId,
      userId: "u",
      lines: hold.lines,
      epoch: 1,
      status: { state: "confirmed" },
      reservedAtMs: hold.sinceMs,
      decidedAtMs: judged?.decidedAtMs,
    };
    expect(await sale.ledger.records(sale.id, [sale.hold().checkoutId, hold.checkoutId])).toEqual([record]);
    expect(await sale.ledger.status(sale.id, hold.checkoutId)).toEqual({ record, openEpoch: 1, state: "open" });
  });

  it("keep to their sale: ids of one mean nothing in another", async () => {
    const [one, other] = [await scene().open(), await scene().open()];
    const hold = one.hold();
    await one.confirm(hold);
    expect(await other.record(hold)).toBeNull();
    await other.confirm(hold);
    expect(await one.counters()).toEqual(await other.counters());
  });
}

function factsContract(scene: () => Scene): void {
  it("tell everything the audit asks for", async () => {
    const sale = await scene().open({ stock: { a: 1, c: 5 }, limit: 3 });
    const first = sale.hold({ userId: "u", lines: lines({ a: 1 }), key: "k", sinceMs: sale.plan.opensAtMs });
    const late = sale.hold({ userId: "u", lines: lines({ c: 2 }), sinceMs: sale.plan.closesAtMs - 1 });
    const [, last] = await sale.confirm(first, late);
    expect(await sale.verdict(sale.hold({ lines: lines({ a: 1 }) }))).toBe("sold_out");
    await sale.entomb([sale.tomb(sale.hold())]);
    await sale.recover([sale.hold({ userId: "v" })]);
    await sale.ledger.recordRefused([
      { saleId: sale.id, userId: "w", units: 1, outcome: "sold_out", atMs: sale.plan.opensAtMs },
    ]);
    await sale.ledger.recordRefused([]);

    const facts = await sale.ledger.facts(sale.id);
    expect(facts).toMatchObject({
      sale: await sale.ledger.find(sale.id),
      closedAtMs: null,
      confirmedUnits: 3,
      heldUnits: 1,
      items: [
        { itemId: "a", stock: 1, sold: 1, held: 0, confirmedUnits: 1, heldUnits: 0 },
        { itemId: "c", stock: 5, sold: 2, held: 1, confirmedUnits: 2, heldUnits: 1 },
      ],
      keysUsedTwice: [],
      confirmedWithoutAttempt: 0,
      confirmedOutsideWindow: 0,
      confirmedAfterClose: 0,
      verdicts: { confirmed: 2, held: 1, cancelled: 1, "rejected:sold_out": 1 },
      hourlySalesInWindow: 0,
      firstReservedAtMs: first.sinceMs,
      lastConfirmedAtMs: last?.decidedAtMs,
    });
    expect(facts?.buyers).toContainEqual({ userId: "u", units: 3, confirmedUnits: 3 });
  });

  it("count the hourly sales of an hour", async () => {
    const { ledger, nowMs } = scene();
    const hourMs = hourOf((await nowMs()) + CENTURY_MS / 2);
    const hourly = hourlySale(hourMs);
    await ledger.schedule(hourly, generatedCatalogue(hourly.id, 2));
    await ledger.schedule({ ...hourly, id: "x-beside-it" }, generatedCatalogue("x-beside-it", 2));
    await ledger.schedule({ ...hourly, id: "x-within-it", opensAtMs: hourMs + 1 }, generatedCatalogue("x", 2));
    for (const saleId of [hourly.id, "x-beside-it", "x-within-it"]) {
      expect(await ledger.facts(saleId)).toMatchObject({ hourlySalesInWindow: 1 });
    }
  });

  it("count what was taken outside the window", async () => {
    const { plan, ledger } = await scene().schedule();
    const sale = new SaleOfScene(ledger, { ...plan, id: `${plan.id}-careless` });
    await ledger.schedule(sale.plan, generatedCatalogue(sale.id, 9));
    await sale.recover();
    const [first, second, third] = (await ledger.items(sale.id)).map(({ id }) => lines({ [id]: 1 }));
    await sale.confirm(
      sale.hold({ lines: first ?? [], sinceMs: plan.opensAtMs - 1 }),
      sale.hold({ lines: second ?? [], sinceMs: plan.closesAtMs }),
      sale.hold({ lines: third ?? [], sinceMs: plan.opensAtMs }),
    );
    expect(await ledger.facts(sale.id)).toMatchObject({ confirmedOutsideWindow: 2 });
  });
}
