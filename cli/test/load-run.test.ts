import { Flashgate } from "@flashgate/client";
import type { CheckoutRecord, GateTotals, LedgerFacts, Sale } from "@flashgate/core";
import { expect, test } from "vitest";
import { steadyClock, wallClock } from "../src/clock.ts";
import { runLoad } from "../src/load-run.ts";
import { faultsOf } from "../src/load-verdict.ts";
import { errand } from "../src/shopper.ts";
import { Tally } from "../src/tally.ts";
import { accepted, openShop, refused } from "./shop.ts";

const SALE: Sale = {
  id: "x-1",
  opensAtMs: 0,
  closesAtMs: 1,
  settleUntilMs: 2,
  limitPerUser: 10,
  totalItems: 3,
  itemsSold: 3,
  itemsHeld: 0,
  epoch: 1,
  openEpoch: 1,
  state: "open",
  paused: false,
  pauseVersion: 0,
  attempts: "all",
};

const FACTS: LedgerFacts = {
  sale: SALE,
  closedAtMs: null,
  confirmedUnits: 3,
  heldUnits: 0,
  items: [{ itemId: "lamp", stock: 3, sold: 3, held: 0, confirmedUnits: 3, heldUnits: 0 }],
  buyers: [],
  keysUsedTwice: [],
  confirmedWithoutAttempt: 0,
  confirmedOutsideWindow: 0,
  confirmedAfterClose: 0,
  verdicts: { confirmed: 3 },
  hourlySalesInWindow: 0,
  firstReservedAtMs: 1_000,
  lastConfirmedAtMs: 2_000,
};

const confirmed = (checkoutId: string): CheckoutRecord => ({
  saleId: "x-1",
  checkoutId,
  userId: "ada",
  lines: [{ itemId: "lamp", quantity: 1 }],
  epoch: 1,
  status: { state: "confirmed" },
  reservedAtMs: 1_000,
  decidedAtMs: 2_000,
});

/** A shop with three units, and stores that tell the same; `settledAfter`: reads of the gate until it holds nothing. */
async function load(settledAfter: number, recordOf: (id: string) => CheckoutRecord[], units = 1) {
  let [sold, reads] = [0, 0];
  const { connect, url } = await openShop(({ method }) => {
    if (method === "GET") return { status: 200, json: { status: "confirmed" } };
    sold += 1;
    return sold <= 3 ? accepted(`c${sold}`) : refused(409, "sold_out");
  });
  const totals = (): GateTotals => {
    reads += 1;
    return reads > settledAfter ? { available: 0, held: 0, sold: 3 } : { available: 0, held: 3, sold: 0 };
  };
  const phases: string[] = [];
  const plan = { name: "crowd", errand: errand("x-1", units), ratePerS: null, durationMsMax: 20_000 };
  const facts = await runLoad(plan, "x-1", {
    connections: [connect(), connect()],
    clients: [new Flashgate({ baseUrl: url, retriesMax: 0 })],
    ledger: {
      find: async () => ({ ...SALE, itemsSold: 0 }),
      facts: async () => FACTS,
      records: async (_, ids) => ids.flatMap(recordOf),
    },
    gate: {
      totals: async () => ({ epoch: 1, totals: totals() }),
      stock: async () => null,
      inspect: async () => null,
    },
    wallClock,
    steadyClock,
    tally: new Tally(),
    onPhase: (phase) => phases.push(phase),
  });
  return { facts, phases, reads };
}

test("sells out, waits until the gate holds nothing, asks for every ticket, and reads the verdicts", async () => {
  const { facts, phases, reads } = await load(3, (id) => [confirmed(id)]);
  expect(phases).toEqual(["selling", "settling", "asking", "auditing"]);
  expect(reads).toBe(4);
  expect(facts.drained).toBe(true);
  expect([...facts.verdicts]).toEqual([...facts.ticketStates]);
  expect(Object.fromEntries(facts.verdicts)).toEqual({ c1: "confirmed", c2: "confirmed", c3: "confirmed" });
  expect(facts.lastConfirmedAtMs).toBe(2_000);
  expect(faultsOf(facts)).toEqual([]);
});

test("a row that is only held is no verdict", async () => {
  const { facts } = await load(0, (id) => [
    { ...confirmed(id), status: { state: id === "c2" ? "held" : "confirmed" } },
  ]);
  expect(faultsOf(facts)).toEqual(["1 acknowledged checkout without a verdict in the ledger"]);
});

test("nobody is sent to ask for more than one user may have", async () => {
  await expect(load(0, () => [], 11)).rejects.toThrow("gives one user 10 units at most: choose fewer with --units");
});
