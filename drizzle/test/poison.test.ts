import { generatedCatalogue, type Hold } from "@flashgate/core";
import { expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase } from "./database.ts";

it("a hold that the database cannot take fails alone", async () => {
  const database = await createLedgerDatabase();
  try {
    const ledger = createLedger(database.pool);
    const window = { opensAtMs: 500, closesAtMs: 5_000, settleUntilMs: 6_000 };
    await ledger.schedule({ id: "x-1", ...window, limitPerUser: 3 }, generatedCatalogue("x-1", 3));
    await ledger.beginRecovery("x-1", 0);
    await ledger.adopt("x-1", 1, []);
    const good: Hold = {
      checkoutId: "01900000-0000-7000-8000-000000000001",
      userId: "u",
      mode: "submitted",
      lines: [{ itemId: "i00001", quantity: 1 }],
      key: "",
      fingerprint: "",
      sinceMs: 1_000,
      deadlineMs: 2_000,
    };
    const bad: Hold = { ...good, checkoutId: "not a uuid", lines: [{ itemId: "i00002", quantity: 1 }] };
    expect(await ledger.settleAll("x-1", 1, [good, bad])).toBe("contested");
    expect(await ledger.settleOne("x-1", 1, good)).toMatchObject({ judged: { verdict: { state: "confirmed" } } });
    await expect(ledger.settleOne("x-1", 1, bad)).rejects.toThrow();
    expect(await ledger.find("x-1")).toMatchObject({ itemsSold: 1, itemsHeld: 0 });
  } finally {
    await database.dispose();
  }
});
