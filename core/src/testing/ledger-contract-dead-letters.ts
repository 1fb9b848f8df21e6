import { describe, expect, it } from "vitest";
import type { FailedTry } from "../application/ports/dead-letter-ledger.ts";
import type { Hold } from "../domain/checkout.ts";
import { TRIES_MAX } from "../domain/dead-letter.ts";
import { OVER, type SaleOfScene, type Scene } from "./ledger-contract-scene.ts";

/** Lets a checkout fail, so often. */
async function fail(sale: SaleOfScene, hold: Hold, times = TRIES_MAX, cause = "no"): Promise<FailedTry[]> {
  const tries: FailedTry[] = [];
  for (let time = 1; time <= times; time += 1) {
    tries.push(await sale.ledger.recordFailure({ saleId: sale.id, epoch: sale.epoch, hold, cause }));
  }
  return tries;
}

async function waiting(sale: SaleOfScene, page: { after?: string; limit?: number } = {}): Promise<string[]> {
  const letters = await sale.ledger.deadLetters({ saleId: sale.id, limit: 9, ...page });
  return letters.map(({ checkoutId }) => checkoutId);
}

const idsOf = (holds: readonly Hold[]) => holds.map(({ checkoutId }) => checkoutId);

/** Checkouts that cannot be judged. */
export function deadLetterContract(scene: () => Scene): void {
  describe("dead letters", () => {
    triedContract(scene);
    endedContract(scene);
  });
}

function triedContract(scene: () => Scene): void {
  it("are checkouts that failed so often, and tell why and since when", async () => {
    const sale = await scene().open();
    const { ledger } = sale;
    const hold = sale.hold();
    const beforeMs = await scene().nowMs();
    const tries = [...(await fail(sale, hold, 1, "first")), ...(await fail(sale, hold, TRIES_MAX - 2))];
    expect(tries).toEqual(tries.map((_, index) => ({ tries: index + 1, dead: false })));
    expect([await waiting(sale), await ledger.deadAmong(sale.id, [hold.checkoutId])]).toEqual([[], []]);

    await sale.recover([hold]);
    expect(await fail(sale, hold, 1, "last")).toEqual([{ tries: TRIES_MAX, dead: true }]);
    const [letter] = await ledger.deadLetters({ saleId: sale.id, limit: 1 });
    expect(letter).toEqual({
      saleId: sale.id,
      checkoutId: hold.checkoutId,
      userId: hold.userId,
      epoch: 2,
      cause: "last",
      tries: TRIES_MAX,
      firstFailedAtMs: expect.any(Number),
      lastFailedAtMs: expect.any(Number),
    });
    expect(letter?.firstFailedAtMs).toBeGreaterThanOrEqual(beforeMs);
    expect(letter?.lastFailedAtMs).toBeGreaterThanOrEqual(letter?.firstFailedAtMs ?? Number.NaN);
    expect(await ledger.failureOf(hold.checkoutId)).toEqual(letter);
    expect(await ledger.failureOf(sale.hold().checkoutId)).toBeNull();
  });

  it("are told from checkouts that failed less, and of other sales", async () => {
    const [sale, other] = [await scene().open(), await scene().open()];
    const [dead, failed, fine] = [sale.hold(), sale.hold(), sale.hold()];
    await fail(sale, dead);
    await fail(sale, failed, TRIES_MAX - 1);
    await fail(other, fine);
    expect(await sale.ledger.deadAmong(sale.id, idsOf([fine, failed, dead]))).toEqual([dead.checkoutId]);
    expect(await sale.ledger.deadAmong(sale.id, [])).toEqual([]);
  });

  it("count every one of many failures at once", async () => {
    const sale = await scene().open();
    const hold = sale.hold();
    const tries = (await Promise.all(Array.from({ length: 2 * TRIES_MAX }, () => fail(sale, hold, 1)))).flat();
    expect(tries.map((one) => one.tries).sort((a, b) => a - b)).toEqual(tries.map((_, index) => index + 1));
    expect(tries.filter((one) => one.dead)).toHaveLength(TRIES_MAX + 1);
  });

  it("are none once they are to be tried again, until they fail again", async () => {
    const sale = await scene().open();
    const [one, other] = [sale.hold(), sale.hold()];
    await fail(sale, one);
    await fail(sale, other);
    for (let times = 0; times < 2; times += 1) await sale.ledger.revive(sale.id, idsOf([one, sale.hold()]));
    expect(await waiting(sale)).toEqual([other.checkoutId]);
    expect(await sale.ledger.deadAmong(sale.id, idsOf([one, other]))).toEqual([other.checkoutId]);
    expect(await fail(sale, one, 1)).toEqual([{ tries: TRIES_MAX + 1, dead: true }]);
    expect(await waiting(sale)).toEqual(idsOf([one, other]));
  });
}

function endedContract(scene: () => Scene): void {
  it("wait while they are held, and no more once they have a verdict", async () => {
    const sale = await scene().open();
    const { ledger } = sale;
    const holds = sale.holds(4);
    const [absent, held, sold, cancelled] = holds as [Hold, Hold, Hold, Hold];
    const before = await ledger.countDeadLetters();
    for (const hold of holds) await fail(sale, hold);
    await sale.recover([held]);
    expect(await waiting(sale)).toEqual(idsOf(holds));
    expect(await ledger.countDeadLetters()).toBe(before + 4);
    await sale.confirm(sold);
    await sale.entomb([sale.tomb(cancelled)]);
    expect(await waiting(sale)).toEqual(idsOf([absent, held]));
    expect(await ledger.countDeadLetters()).toBe(before + 2);
    expect(await ledger.failureOf(sold.checkoutId)).toMatchObject({ saleId: sale.id, tries: TRIES_MAX });
  });

  it("wait no more once their sale is sealed", async () => {
    const sale = await scene().open(OVER);
    const [absent, held] = [sale.hold(), sale.hold()];
    for (const hold of [absent, held]) await fail(sale, hold);
    await sale.recover([held]);
    expect(await waiting(sale)).toHaveLength(2);
    const before = await sale.ledger.countDeadLetters();
    await sale.ledger.close(sale.id);
    expect(await waiting(sale)).toEqual([]);
    expect(await sale.ledger.countDeadLetters()).toBe(before - 2);
  });

  it("are listed page by page, the oldest first, of one sale or of all", async () => {
    const [one, other] = [await scene().open(), await scene().open()];
    const [first, second, third] = [one.hold(), other.hold(), one.hold()];
    for (const [sale, hold] of [
      [one, third],
      [other, second],
      [one, first],
    ] as const)
      await fail(sale, hold);
    expect(await waiting(one, { limit: 1 })).toEqual([first.checkoutId]);
    expect(await waiting(one, { after: first.checkoutId })).toEqual([third.checkoutId]);
    expect(await waiting(one, { after: third.checkoutId })).toEqual([]);
    const all = await one.ledger.deadLetters({ after: first.checkoutId, limit: 2 });
    expect(all.map(({ saleId, checkoutId }) => [saleId, checkoutId])).toEqual([
      [other.id, second.checkoutId],
      [one.id, third.checkoutId],
    ]);
  });
}
