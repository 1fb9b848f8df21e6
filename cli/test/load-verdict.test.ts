import { expect, test } from "vitest";
import { faultsOf } from "../src/load-verdict.ts";
import { Tally } from "../src/tally.ts";
import { AUDIT, soldOutFacts } from "./load-facts.ts";

test("a sale that is sold out to the unit, with every ticket told, is without fault", () => {
  expect(faultsOf(soldOutFacts())).toEqual([]);
});

test("a crowd that wanted less than there was is without fault", () => {
  const facts = soldOutFacts();
  facts.tally.refusals.clear();
  expect(faultsOf({ ...facts, audit: { ...AUDIT, totalUnits: 100 } })).toEqual([]);
});

test("every violation of the audit is a fault", () => {
  const violations = [
    { invariant: 1, message: "4 + 0 of 3 units" },
    { invariant: 7, message: "ada has 2 checkouts for key k" },
  ] as const;
  expect(faultsOf({ ...soldOutFacts(), audit: { ...AUDIT, violations } })).toEqual([
    "invariant 1 is broken: 4 + 0 of 3 units",
    "invariant 7 is broken: ada has 2 checkouts for key k",
  ]);
});

test("an acknowledged checkout without a verdict is a fault", () => {
  const verdicts = new Map([["a", "confirmed"]]);
  expect(faultsOf({ ...soldOutFacts(), verdicts })).toEqual([
    "2 acknowledged checkouts without a verdict in the ledger",
  ]);
});

test("a ticket that the api never called final is a fault", () => {
  const ticketStates = new Map([
    ["a", "confirmed"],
    ["b", "confirmed"],
  ]);
  expect(faultsOf({ ...soldOutFacts(), ticketStates })).toEqual([
    "1 acknowledged ticket that the api never called final",
  ]);
});

test("a ticket of which api and ledger tell different ends is a fault", () => {
  const facts = soldOutFacts();
  const ticketStates = new Map([...facts.ticketStates, ["c", "rejected"]]);
  expect(faultsOf({ ...facts, ticketStates })).toEqual(["1 ticket of which api and ledger tell different ends"]);
});

test("a checkout handed to two shoppers is a fault", () => {
  const facts = soldOutFacts();
  facts.tally.acknowledge({ checkoutId: "a", ticket: "ticket-a", units: 1 }, 5);
  expect(faultsOf(facts)).toEqual(["1 checkout handed to more than one shopper"]);
});

test("a gate that still holds units is a fault", () => {
  expect(faultsOf({ ...soldOutFacts(), drained: false })).toEqual([
    "the gate still holds units: not everything was settled in time",
  ]);
});

test('units left over after a "sold out" are a fault, unless they are fewer than a shopper wanted', () => {
  const audit = { ...AUDIT, totalUnits: 5 };
  expect(faultsOf({ ...soldOutFacts(), audit })).toEqual([
    'the crowd was told "sold out", but 2 of 5 units are unsold',
  ]);
  expect(faultsOf({ ...soldOutFacts(), audit, unitsEach: 2 })).toHaveLength(1);
  expect(faultsOf({ ...soldOutFacts(), audit, unitsEach: 3 })).toEqual([]);
});

test("a 5xx other than 503 is a fault", () => {
  const facts = soldOutFacts();
  facts.tally.serverError(500);
  facts.tally.serverError(500);
  facts.tally.serverError(502);
  facts.tally.retry("gate_shut");
  expect(faultsOf(facts)).toEqual(["the api answered 500 (2 times)", "the api answered 502 (1 time)"]);
});

test("a refusal that a new shopper cannot have earned is a fault", () => {
  const facts = soldOutFacts();
  facts.tally.refuse("sale_closed");
  facts.tally.refuse("user_limit");
  facts.tally.refuse("401");
  facts.tally.refuse("401");
  expect(faultsOf(facts)).toEqual(["1 shopper refused with user_limit", "2 shoppers refused with 401"]);
});

test("a crowd that nobody answered is a fault", () => {
  const tally = new Tally();
  tally.retry("no_answer");
  tally.giveUp();
  const facts = { ...soldOutFacts(), tally, audit: { ...AUDIT, confirmedUnits: 0 } };
  expect(faultsOf(facts)).toEqual(["no shopper was ever answered: is the api up?"]);
});
