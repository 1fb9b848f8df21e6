import { generatedCatalogue, type Hold, type Ledger } from "@flashgate/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";
import { tombOf } from "./ledger-moves.ts";
import { endOrWait, underWay, whileHeld } from "./row-locks.ts";

let database: LedgerDatabase;
let ledger: Ledger;
beforeAll(async () => {
  database = await createLedgerDatabase();
  ledger = createLedger(database.pool);
});
afterAll(() => database.dispose());

const SALE_ID = "x-owner";

/*
 * A survivor's row is entered without its key while another checkout owns that, and the owner ends before the adoption
 * has seen who it is: an adopted hold must not go without its key, or a replay of the request would buy again.
 */
it("adopts a survivor with its idempotency key when the key's owner ends meanwhile", async () => {
  const window = { opensAtMs: 500, closesAtMs: 4_000_000_000_000, settleUntilMs: 4_000_000_000_000 };
  await ledger.schedule({ id: SALE_ID, ...window, limitPerUser: 9 }, generatedCatalogue(SALE_ID, 9));
  const [known, owner, survivor] = [hold(1, ""), hold(2, "k"), hold(3, "k")] as const;
  await ledger.beginRecovery(SALE_ID, 0);
  await ledger.adopt(SALE_ID, 1, [known, owner]);
  await ledger.beginRecovery(SALE_ID, 1);

  const row = { saleId: SALE_ID, of: "checkouts", id: known.checkoutId } as const;
  const adopted = await whileHeld(database.pool, row, async () => {
    const adoption = underWay(ledger.adopt(SALE_ID, 2, [known, survivor]));
    await endOrWait(database.pool, [adoption]);
    const ended = tombOf(owner, 2, { state: "rejected", reason: "gate_lost" });
    expect(await ledger.entomb(SALE_ID, [ended], { kind: "none" })).toHaveLength(1);
    return adoption;
  });

  const key = { userId: "u", key: "k", fingerprint: "print", checkoutId: survivor.checkoutId };
  expect(await adopted.answer).toMatchObject({ keys: [key], holds: [known, survivor] });
});

function hold(place: number, key: string): Hold {
  return {
    checkoutId: `01900000-0000-7000-8000-00000000000${place}`,
    userId: "u",
    mode: "submitted",
    lines: [{ itemId: `i0000${place}`, quantity: 1 }],
    key,
    fingerprint: key === "" ? "" : "print",
    sinceMs: 1_000,
    deadlineMs: 3_999_999_999_999,
  };
}
