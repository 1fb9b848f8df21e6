import {
  auditSale,
  type CheckoutLedger,
  causeOf,
  closeSale,
  giveUpDeadLetter,
  type Hold,
  listDeadLetters,
  retryDeadLetter,
  retryDeadLetters,
  settlePage,
  sweepHolds,
  TRIES_MAX,
} from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { openHouse, replacing } from "./house.ts";

/** A house with one sale of six items, whose ledger cannot judge what is in `faulty`. */
async function openFaultyHouse() {
  const house = openHouse();
  const sale = await house.openSale({ stock: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 } });
  const faulty = new Set<string>();
  const settleAll: CheckoutLedger["settleAll"] = async (saleId, epoch, holds) =>
    holds.some(({ checkoutId }) => faulty.has(checkoutId)) ? "contested" : house.ledger.settleAll(saleId, epoch, holds);
  const settleOne: CheckoutLedger["settleOne"] = async (saleId, epoch, hold) =>
    faulty.has(hold.checkoutId)
      ? { kind: "failed", error: new Error("the row is cursed") }
      : house.ledger.settleOne(saleId, epoch, hold);
  const ledger = replacing(house.ledger, { settleAll, settleOne });
  const parts = { ...house.parts, ledger };
  const settle = async () => {
    for (const page of house.pages.splice(0)) await settlePage(parts, page);
  };
  /** What the scheduler and the workers do in so much time. */
  const pass = async (ms: number, rounds = 1) => {
    for (let round = 0; round < rounds; round += 1) {
      house.clock.ms += ms;
      await sweepHolds(parts, await house.saleOf(sale));
      await settle();
    }
  };
  const list = async () => (await listDeadLetters(ledger, { saleId: sale, startingAfter: null, limit: 9 })).letters;
  /** Holds of which each is a dead letter by now. */
  const letters = async (count: number): Promise<Hold[]> => {
    const holds: Hold[] = [];
    for (let index = 0; index < count; index += 1) holds.push(await house.held(sale));
    for (const hold of holds) faulty.add(hold.checkoutId);
    await settle();
    await pass(60_000, TRIES_MAX - 1);
    expect(await list()).toHaveLength(count);
    return holds;
  };
  const stateOf = (hold: Hold) => house.stateOf(sale, hold.checkoutId);
  const eventsOf = (kind: string) => house.events.filter((event) => event.kind === kind);
  return { ...house, parts, sale, faulty, settle, pass, list, letters, stateOf, eventsOf };
}

describe("a checkout that cannot be judged", () => {
  it("fails alone, is tried again with growing pauses, and is a dead letter after a bounded number of tries", async () => {
    const house = await openFaultyHouse();
    const [bad, fine] = [await house.held(house.sale), await house.held(house.sale)];
    house.faulty.add(bad.checkoutId);
    house.pages.splice(0, 2, { saleId: house.sale, epoch: 1, checkoutIds: [bad.checkoutId, fine.checkoutId] });
    await house.settle();
    expect(await house.stateOf(fine)).toBe("confirmed");
    for (let tries = 2; tries <= TRIES_MAX; tries += 1) {
      expect(await house.list()).toEqual([]);
      await house.pass(2_000 * 2 ** (tries - 2));
    }
    expect(await house.list()).toMatchObject([
      {
        checkoutId: bad.checkoutId,
        userId: "u",
        cause: "Error: the row is cursed",
        tries: TRIES_MAX,
        firstFailedAtMs: bad.sinceMs,
        lastFailedAtMs: bad.sinceMs + 30_000,
      },
    ]);
    expect(house.eventsOf("checkout_poisoned")).toHaveLength(TRIES_MAX);
    expect(house.eventsOf("dead_letter")).toMatchObject([{ checkoutId: bad.checkoutId, tries: TRIES_MAX }]);
    expect(await house.totals(house.sale)).toEqual({ available: 4, held: 1, sold: 1 });
  });

  it("is left alone from then on, whoever else is swept, and ends at settle_until", async () => {
    const house = await openFaultyHouse();
    const [bad] = (await house.letters(1)) as [Hold];
    const lost = await house.held(house.sale);
    house.pages.length = 0;
    house.clock.ms += 60_000;
    expect(await sweepHolds(house.parts, await house.saleOf(house.sale))).toMatchObject({ paged: 1, expired: 0 });
    expect(house.pages).toEqual([{ saleId: house.sale, epoch: 1, checkoutIds: [lost.checkoutId] }]);
    await house.settle();
    expect(await house.stateOf(bad)).toBeUndefined();
    expect(await auditSale({ ledger: house.ledger, gate: house.gate }, house.sale)).toMatchObject({ violations: [] });

    house.clock.ms = (await house.saleOf(house.sale)).settleUntilMs;
    expect(await closeSale(house.parts, await house.saleOf(house.sale))).toBe("closed");
    expect(await house.stateOf(bad)).toBe("expired");
    expect(await house.list()).toEqual([]);
    expect(await house.totals(house.sale)).toEqual({ available: 5, held: 0, sold: 1 });
  });

  it("lives on through a recovery, as a dead letter", async () => {
    const house = await openFaultyHouse();
    const [bad] = (await house.letters(1)) as [Hold];
    house.gate.restart();
    expect(await house.recover(house.sale)).toBe("opened");
    await house.pass(60_000);
    expect([await house.stateOf(bad), (await house.list()).length]).toEqual(["held", 1]);
    expect(house.eventsOf("checkout_poisoned")).toHaveLength(TRIES_MAX);
    house.faulty.clear();
    expect(await retryDeadLetter(house.parts, bad.checkoutId)).toEqual({ kind: "sent", saleId: house.sale });
    expect(house.pages).toMatchObject([{ epoch: 2 }]);
    await house.settle();
    expect(await house.stateOf(bad)).toBe("confirmed");
  });

  it("has had no try where its page is delivered again at once", async () => {
    const house = await openFaultyHouse();
    const [bad, other] = [await house.held(house.sale), await house.held(house.sale)];
    house.faulty.add(bad.checkoutId);
    await house.ledger.beginRecovery(house.sale, 1);
    const page = { saleId: house.sale, epoch: 1, checkoutIds: [bad.checkoutId, other.checkoutId] };
    for (let times = 0; times < 2 * TRIES_MAX; times += 1) {
      expect(await settlePage(house.parts, page)).toEqual({ kind: "retry" });
    }
    expect(await house.ledger.failureOf(bad.checkoutId)).toBeNull();
  });
});

describe("retrying dead letters", () => {
  it("settles those whose cause is gone; the others are back after one more try", async () => {
    const house = await openFaultyHouse();
    const [mended, cursed] = (await house.letters(2)) as [Hold, Hold];
    house.faulty.delete(mended.checkoutId);
    expect(await retryDeadLetters(house.parts, house.sale)).toEqual({ sent: 2, decided: 0, not_held: 0 });
    expect(await house.list()).toEqual([]);
    await house.settle();
    expect(await house.stateOf(mended)).toBe("confirmed");
    expect(await house.list()).toMatchObject([{ checkoutId: cursed.checkoutId, tries: TRIES_MAX + 1 }]);
    expect(await retryDeadLetters(house.parts, "x-other")).toEqual({ sent: 0, decided: 0, not_held: 0 });
    expect(await retryDeadLetters(house.parts, null)).toEqual({ sent: 1, decided: 0, not_held: 0 });
  });

  it("is harmless twice, needs no queue to be sure, and tells of what was decided meanwhile", async () => {
    const house = await openFaultyHouse();
    const [bad] = (await house.letters(1)) as [Hold];
    house.faulty.clear();
    const queue = { enqueue: () => Promise.reject(new Error("redis is away")) };
    for (let times = 0; times < 2; times += 1) {
      expect(await retryDeadLetter({ ...house.parts, queue }, bad.checkoutId)).toMatchObject({ kind: "sent" });
    }
    await house.pass(60_000);
    expect(await house.stateOf(bad)).toBe("confirmed");
    const verdict = { state: "confirmed" };
    expect(await retryDeadLetter(house.parts, bad.checkoutId)).toEqual({
      kind: "decided",
      verdict,
      saleId: house.sale,
    });
    expect(await retryDeadLetter(house.parts, "nobody")).toEqual({ kind: "unknown" });
    expect(house.pages).toEqual([]);
  });

  it("goes through any number of them", async () => {
    const house = openHouse();
    const sale = await house.openSale({ stock: { a: 450 }, limitPerUser: 450 });
    for (let index = 0; index < 450; index += 1) {
      const hold = await house.held(sale);
      const failure = { saleId: sale, epoch: 1, hold, cause: "no" };
      for (let tries = 0; tries < TRIES_MAX; tries += 1) await house.ledger.recordFailure(failure);
    }
    house.pages.length = 0;
    expect(await retryDeadLetters(house.parts, null)).toEqual({ sent: 450, decided: 0, not_held: 0 });
    expect(house.pages.map(({ checkoutIds }) => checkoutIds.length)).toEqual([200, 200, 50]);
    await house.settle();
    expect((await house.saleOf(sale)).itemsSold).toBe(450);
  });

  it("tells one whose hold was lost with its gate what its ticket is told, once that is certain", async () => {
    const house = await openFaultyHouse();
    const [bad] = (await house.letters(1)) as [Hold];
    house.gate.server.restart(new Map());
    expect(await retryDeadLetter(house.parts, bad.checkoutId)).toMatchObject({ kind: "not_held" });
    expect(await house.list()).toHaveLength(1);
    await house.recover(house.sale);
    const verdict = { state: "rejected", reason: "gate_lost" };
    expect(await retryDeadLetter(house.parts, bad.checkoutId)).toMatchObject({ kind: "decided", verdict });
    expect(await house.list()).toEqual([]);
  });
});

describe("giving a dead letter up", () => {
  it("gives its units back, and is final", async () => {
    const house = await openFaultyHouse();
    const [bad, other] = (await house.letters(2)) as [Hold, Hold];
    const verdict = { state: "cancelled" };
    for (let times = 0; times < 2; times += 1) {
      const given = await giveUpDeadLetter(house.parts, bad.checkoutId);
      expect(given).toEqual({ kind: "decided", verdict, saleId: house.sale });
    }
    expect(await house.totals(house.sale)).toEqual({ available: 5, held: 1, sold: 0 });
    expect(await house.list()).toMatchObject([{ checkoutId: other.checkoutId }]);
    expect(await giveUpDeadLetter(house.parts, "nobody")).toEqual({ kind: "unknown" });
  });

  it("leaves a verdict that came first", async () => {
    const house = await openFaultyHouse();
    const [bad] = (await house.letters(1)) as [Hold];
    house.faulty.clear();
    await retryDeadLetter(house.parts, bad.checkoutId);
    await house.settle();
    expect(await giveUpDeadLetter(house.parts, bad.checkoutId)).toMatchObject({ verdict: { state: "confirmed" } });
    expect(await house.totals(house.sale)).toEqual({ available: 5, held: 0, sold: 1 });
  });

  it("stands where the gate is shut: the sweep gives the units back", async () => {
    const house = await openFaultyHouse();
    const [bad] = (await house.letters(1)) as [Hold];
    house.gate.restart();
    expect(await giveUpDeadLetter(house.parts, bad.checkoutId)).toMatchObject({ kind: "decided" });
    expect((await house.totals(house.sale))?.held).toBe(1);
    await house.recover(house.sale);
    expect(await house.totals(house.sale)).toEqual({ available: 6, held: 0, sold: 0 });
  });

  it("says so where the fault keeps the ledger from that too", async () => {
    const house = await openFaultyHouse();
    const [bad] = (await house.letters(1)) as [Hold];
    const ledger = replacing(house.ledger, { entomb: async () => [] });
    expect(await giveUpDeadLetter({ ...house.parts, ledger }, bad.checkoutId)).toMatchObject({ kind: "not_writable" });
    expect((await house.totals(house.sale))?.held).toBe(1);
  });
});

describe("a cause", () => {
  it("is the reason at the bottom, with its code, as one bounded line", () => {
    const bottom = Object.assign(new Error('violates "c"\nhere'), { code: "23514" });
    const wrapped = new Error("Failed query: insert … params: ada", { cause: bottom });
    expect(causeOf(wrapped)).toBe('23514: violates "c" here');
    expect(causeOf(new RangeError("Invalid time value"))).toBe("RangeError: Invalid time value");
    expect(causeOf("text")).toBe("text");
    expect(causeOf(new Error("Failed query: select $1\nparams: ada"))).toBe("Error: Failed query: select $1");
    expect(causeOf(new Error("x".repeat(9_000)))).toHaveLength(300);
    const circle: Error = new Error("again");
    circle.cause = circle;
    expect(causeOf(circle)).toBe("Error: again");
  });
});
