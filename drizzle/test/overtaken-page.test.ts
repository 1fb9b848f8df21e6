import { generatedCatalogue, type Hold, type Ledger } from "@flashgate/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";
import { endOrWait, underWay, whileHeld } from "./row-locks.ts";

/*
 * A whole recovery, begun and ended, passes a page by that is stopped at an item: the sale is open again when the page
 * goes on, so that nothing but the epoch can tell that it is another opening.
 */
describe("a recovery that finds nothing of a page, and is over before the page goes on", () => {
  let database: LedgerDatabase;
  let ledger: Ledger;
  beforeAll(async () => {
    database = await createLedgerDatabase();
    ledger = createLedger(database.pool);
  });
  afterAll(() => database.dispose());

  const lost: Hold = {
    checkoutId: "01900000-0000-7000-8000-000000000001",
    userId: "somebody",
    mode: "submitted",
    lines: [{ itemId: "i00001", quantity: 1 }],
    key: "",
    fingerprint: "",
    sinceMs: 1_000,
    deadlineMs: 6_000,
  };

  const overtaken = async (saleId: string, settle: () => Promise<unknown>): Promise<unknown> => {
    const window = { opensAtMs: 500, closesAtMs: 5_000, settleUntilMs: 6_000 };
    await ledger.schedule({ id: saleId, ...window, limitPerUser: 3 }, generatedCatalogue(saleId, 1));
    await ledger.beginRecovery(saleId, 0);
    await ledger.adopt(saleId, 1, []);
    const settled = await whileHeld(database.pool, { saleId, of: "items", id: "i00001" }, async () => {
      const page = underWay(settle());
      await endOrWait(database.pool, [page]);
      await ledger.beginRecovery(saleId, 1);
      expect(await ledger.adopt(saleId, 2, [])).toMatchObject({ totals: { available: 1, held: 0, sold: 0 } });
      return page;
    });
    const answer = await settled.answer;
    expect(await ledger.find(saleId)).toMatchObject({ itemsSold: 0, itemsHeld: 0, state: "open", epoch: 2 });
    return answer;
  };

  it("contests the page", async () => {
    expect(await overtaken("x-page", () => ledger.settleAll("x-page", 1, [lost]))).toBe("contested");
  });

  it("leaves one hold to be lost", async () => {
    expect(await overtaken("x-one", () => ledger.settleOne("x-one", 1, lost))).toMatchObject({
      judged: { verdict: { state: "rejected", reason: "gate_lost" } },
    });
  });
});
