import { generatedCatalogue, type Hold, type Ledger } from "@flashgate/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase, DEADLOCKS_SHOW, type LedgerDatabase } from "./database.ts";
import { freshCheckoutId } from "./ledger-moves.ts";
import { endOrWait, type Row, underWay, whileHeld } from "./row-locks.ts";

/*
 * Two that want the same rows and name them in opposite orders, both stopped at the row that comes first by its id: who
 * locked the other row before it deadlocks with the one who waited here with empty hands.
 */
describe("rows named in opposite orders", () => {
  let database: LedgerDatabase;
  let ledger: Ledger;
  beforeAll(async () => {
    database = await createLedgerDatabase({ settings: DEADLOCKS_SHOW });
    ledger = createLedger(database.pool);
  });
  afterAll(() => database.dispose());

  const open = async (saleId: string) => {
    const window = { opensAtMs: 500, closesAtMs: FAR_MS, settleUntilMs: FAR_MS };
    // So many that a plan goes from what is wanted to the items: in a small table it goes by the key of all of them.
    await ledger.schedule({ id: saleId, ...window, limitPerUser: 9 }, generatedCatalogue(saleId, 2_000));
    await ledger.beginRecovery(saleId, 0);
    await ledger.adopt(saleId, 1, []);
  };
  const atOnce = (row: Row, moves: readonly (() => Promise<unknown>)[]) =>
    whileHeld(database.pool, row, async () => {
      const started = [];
      for (const move of moves) {
        started.push(underWay(move()));
        await endOrWait(database.pool, started);
      }
      return started.map(({ answer }) => answer);
    }).then((answers) => Promise.all(answers));

  it("items: a checkout judged alone, and a page", async () => {
    await open("x-items");
    const answers = await atOnce({ saleId: "x-items", of: "items", id: "i00001" }, [
      () => ledger.settleOne("x-items", 1, hold("u", ["i00001", "i00002"])),
      () => ledger.settleAll("x-items", 1, [hold("v", ["i00002", "i00001"])]),
    ]);
    expect(answers).toMatchObject([{ kind: "judged", judged: { verdict: { state: "confirmed" } } }, "contested"]);
  });

  it("buyers: two pages", async () => {
    await open("x-buyers");
    const page = (userIds: readonly string[], from = 0) =>
      userIds.map((userId, place) => hold(userId, [`i0001${from + place}`]));
    const answers = await atOnce({ saleId: "x-buyers", of: "no buyer yet", id: "u" }, [
      () => ledger.settleAll("x-buyers", 1, page(["u", "v"])),
      () => ledger.settleAll("x-buyers", 1, page(["v", "u"], 2)),
    ]);
    expect(answers).toMatchObject([
      [{ verdict: { state: "confirmed" } }, { verdict: { state: "confirmed" } }],
      [{ verdict: { state: "confirmed" } }, { verdict: { state: "confirmed" } }],
    ]);
  });
});

const FAR_MS = 4_000_000_000_000;

function hold(userId: string, itemIds: readonly string[]): Hold {
  const lines = itemIds.map((itemId) => ({ itemId, quantity: 1 }));
  const from = { sinceMs: 1_000, deadlineMs: FAR_MS - 1 };
  return { checkoutId: freshCheckoutId(), userId, mode: "submitted", lines, key: "", fingerprint: "", ...from };
}
