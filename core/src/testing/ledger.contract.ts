import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import { adoptionContract } from "./ledger-contract-adoption.ts";
import { apartContract } from "./ledger-contract-apart.ts";
import { attemptContract } from "./ledger-contract-attempts.ts";
import { deadLetterContract } from "./ledger-contract-dead-letters.ts";
import { historyContract } from "./ledger-contract-history.ts";
import { orderContract } from "./ledger-contract-orders.ts";
import { pageContract } from "./ledger-contract-pages.ts";
import { pauseContract } from "./ledger-contract-pausing.ts";
import { raceContract } from "./ledger-contract-races.ts";
import { removalContract } from "./ledger-contract-removal.ts";
import { saleContract } from "./ledger-contract-sales.ts";
import { type LedgerHarness, Scene } from "./ledger-contract-scene.ts";
import { settlementContract } from "./ledger-contract-settlement.ts";
import { tombContract } from "./ledger-contract-tombs.ts";

export type { LedgerHarness } from "./ledger-contract-scene.ts";

/** What every ledger must do, run against memory and against the real server. Each test leaves books that add up. */
export function ledgerContract(name: string, makeLedger: () => Promise<LedgerHarness>): void {
  describe(`ledger contract: ${name}`, () => {
    let harness: LedgerHarness;
    let scene: Scene;
    beforeAll(async () => {
      harness = await makeLedger();
    });
    beforeEach(() => {
      scene = new Scene(harness);
    });
    afterEach(() => scene.audit());
    afterAll(() => harness.dispose());

    const current = () => scene;
    saleContract(current);
    pauseContract(current);
    settlementContract(current);
    pageContract(current);
    tombContract(current);
    adoptionContract(current);
    raceContract(current);
    orderContract(current);
    historyContract(current);
    attemptContract(current);
    apartContract(current);
    deadLetterContract(current);
    removalContract(current);
  });
}
