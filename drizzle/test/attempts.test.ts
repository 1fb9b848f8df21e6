import { generatedCatalogue } from "@flashgate/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";

describe("attempts", () => {
  let database: LedgerDatabase;
  beforeAll(async () => {
    database = await createLedgerDatabase();
  });
  afterAll(() => database.dispose());

  it("are recorded once when accepted, whatever becomes of the checkout, and each time when refused", async () => {
    const ledger = createLedger(database.pool);
    const saleId = "x-attempts";
    const window = { opensAtMs: 0, closesAtMs: 10_000, settleUntilMs: 20_000 };
    await ledger.schedule({ id: saleId, ...window, limitPerUser: 9 }, generatedCatalogue(saleId, 3));
    await ledger.beginRecovery(saleId, 0);
    const hold = (last: number, itemId: string) => ({
      checkoutId: `01900000-0000-7000-8000-00000000000${last}`,
      userId: `u${last}`,
      mode: "submitted" as const,
      lines: [{ itemId, quantity: 1 }],
      key: "",
      fingerprint: "",
      sinceMs: last * 1_000,
      deadlineMs: 20_000,
    });
    const [adopted, settled, late] = [hold(1, "i00001"), hold(2, "i00002"), hold(3, "i00002")];
    await ledger.adopt(saleId, 1, [adopted]);
    await ledger.settleAll(saleId, 1, [adopted, settled]);
    await ledger.settleOne(saleId, 1, late);
    await ledger.settleOne(saleId, 1, settled);
    const refused = { saleId, userId: "u4", units: 2, outcome: "sold_out", atMs: 4_000 };
    await ledger.recordRefused([refused, { ...refused, atMs: 5_000 }]);

    const { rows } = await database.pool.query(
      `SELECT checkout_id AS id, user_id AS user, units, outcome, extract(epoch FROM at)::int AS second
       FROM flashgate.checkout_attempts WHERE sale_id = $1 ORDER BY at`,
      [saleId],
    );
    expect(rows).toEqual([
      { id: adopted.checkoutId, user: "u1", units: 1, outcome: "held", second: 1 },
      { id: settled.checkoutId, user: "u2", units: 1, outcome: "held", second: 2 },
      { id: late.checkoutId, user: "u3", units: 1, outcome: "held", second: 3 },
      { id: null, user: "u4", units: 2, outcome: "sold_out", second: 4 },
      { id: null, user: "u4", units: 2, outcome: "sold_out", second: 5 },
    ]);
  });
});
