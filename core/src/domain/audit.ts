import type { GateFacts } from "./gate-facts.ts";
import type { ItemFacts, LedgerFacts } from "./ledger-facts.ts";
import { unitsOf } from "./lines.ts";
import { hourlySale, hourlySaleId, isHourly } from "./sale.ts";

/** A broken promise: which invariant of the protocol, and what was found. */
export interface Violation {
  readonly invariant: 1 | 2 | 3 | 4 | 6 | 7 | 10;
  readonly message: string;
}

/**
 * An invariant that an audit could not look at, and why. `no_gate`: the gate of the opening that counts is gone.
 * `not_at_rest`: something was held, or moved, when it was read. `attempts_not_recorded`: the sale keeps none.
 */
export interface Unchecked {
  readonly invariant: 3 | 4 | 6;
  readonly reason: "no_gate" | "not_at_rest" | "attempts_not_recorded";
}

/** The audit of one sale. What is not among `unchecked` was looked at. `atRest`: nothing was held when it was read. */
export interface AuditReport {
  readonly saleId: string;
  readonly totalUnits: number;
  readonly confirmedUnits: number;
  readonly atRest: boolean;
  readonly unchecked: readonly Unchecked[];
  readonly violations: readonly Violation[];
}

/**
 * Checks what can be told from one read of the ledger and one of the gate. `gate` is null where it is gone; `still`
 * says that both are of one instant, without which nothing counts as being at rest.
 */
export function audit(ledger: LedgerFacts, gate: GateFacts | null, still: boolean): AuditReport {
  const atRest = still && ledger.heldUnits === 0 && (gate === null || gate.holds.length === 0);
  const current = gate !== null && gate.epoch === ledger.sale.openEpoch ? gate : null;
  return {
    saleId: ledger.sale.id,
    totalUnits: ledger.sale.totalItems,
    confirmedUnits: ledger.confirmedUnits,
    atRest,
    unchecked: [
      ...(gate?.oneInstant ? [] : [{ invariant: 3, reason: gate ? "not_at_rest" : "no_gate" } as const]),
      ...(current && atRest ? [] : [{ invariant: 4, reason: atRest ? "no_gate" : "not_at_rest" } as const]),
      ...(ledger.confirmedWithoutAttempt === null ? [{ invariant: 6, reason: "attempts_not_recorded" } as const] : []),
    ],
    violations: [
      ...stockViolations(ledger),
      ...limitViolations(ledger),
      ...(gate ? totalsViolations(ledger, gate) : []),
      ...(gate?.oneInstant ? gateViolations(ledger, gate) : []),
      ...(current && atRest ? restViolations(ledger, current) : []),
      ...attemptViolations(ledger),
      ...keyViolations(ledger),
      ...windowViolations(ledger, gate),
    ],
  };
}

/** Units that are sold or held past what there is of their item, by the rows. */
export function oversoldUnits({ items }: LedgerFacts): number {
  return items.reduce((units, item) => units + Math.max(0, -leftOf(item)), 0);
}

function stockViolations({ sale, confirmedUnits, heldUnits, items }: LedgerFacts): Violation[] {
  const say = violationsOf(1);
  say.unless(sale.itemsSold === confirmedUnits, () => `sale says ${sale.itemsSold} sold, its rows ${confirmedUnits}`);
  say.unless(sale.itemsHeld === heldUnits, () => `sale says ${sale.itemsHeld} held, its rows ${heldUnits}`);
  say.unless(
    confirmedUnits + heldUnits <= sale.totalItems,
    () => `${confirmedUnits} + ${heldUnits} of ${sale.totalItems} units`,
  );
  const stock = items.reduce((sum, item) => sum + item.stock, 0);
  say.unless(stock === sale.totalItems, () => `items have ${stock} units, the sale ${sale.totalItems}`);
  for (const item of items) {
    const { itemId, sold, held } = item;
    say.unless(
      sold === item.confirmedUnits,
      () => `item ${itemId} says ${sold} sold, its lines ${item.confirmedUnits}`,
    );
    say.unless(held === item.heldUnits, () => `item ${itemId} says ${held} held, its lines ${item.heldUnits}`);
    const taken = item.confirmedUnits + item.heldUnits;
    say.unless(taken <= item.stock, () => `item ${itemId} has ${taken} taken of ${item.stock}`);
  }
  return say.found;
}

function limitViolations({ sale, buyers }: LedgerFacts): Violation[] {
  const say = violationsOf(2);
  for (const { userId, units, confirmedUnits } of buyers) {
    say.unless(units === confirmedUnits, () => `buyer ${userId} says ${units} units, the rows ${confirmedUnits}`);
    say.unless(
      confirmedUnits <= sale.limitPerUser,
      () => `buyer ${userId} has ${confirmedUnits} of ${sale.limitPerUser} units`,
    );
  }
  return say.found;
}

function totalsViolations({ sale }: LedgerFacts, { totals }: GateFacts): Violation[] {
  const say = violationsOf(3);
  const { available, held, sold } = totals;
  say.unless(
    available + held + sold === sale.totalItems,
    () => `${available} + ${held} + ${sold} is not ${sale.totalItems}`,
  );
  say.unless(Math.min(available, held, sold) >= 0, () => `a total is negative: ${available}, ${held}, ${sold}`);
  return say.found;
}

function gateViolations({ items }: LedgerFacts, gate: GateFacts): Violation[] {
  const say = violationsOf(3);
  const { available, held } = gate.totals;
  const heldBy = new Map<string, number>();
  for (const { itemId, quantity } of gate.holds.flatMap((hold) => hold.lines)) {
    heldBy.set(itemId, (heldBy.get(itemId) ?? 0) + quantity);
  }
  const heldUnits = gate.holds.reduce((sum, hold) => sum + unitsOf(hold.lines), 0);
  say.unless(held === heldUnits, () => `gate says ${held} held, its holds ${heldUnits}`);
  const stock = [...gate.stock.values()].reduce((sum, units) => sum + units, 0);
  say.unless(stock === available, () => `stock sums to ${stock}, available is ${available}`);
  for (const { itemId, stock: total } of items) {
    const left = gate.stock.get(itemId) ?? Number.NaN;
    const taken = left + (heldBy.get(itemId) ?? 0);
    say.unless(
      left >= 0 && taken <= total,
      () => `item ${itemId} has ${left} left and ${heldBy.get(itemId) ?? 0} held of ${total}`,
    );
    say.unless(
      gate.pool.has(itemId) === left > 0,
      () => `item ${itemId} with ${left} left is ${gate.pool.has(itemId) ? "" : "not "}in the pool`,
    );
  }
  say.unless(gate.stock.size === items.length, () => `gate has ${gate.stock.size} items, the ledger ${items.length}`);
  return say.found;
}

function restViolations({ sale, confirmedUnits, items, buyers }: LedgerFacts, gate: GateFacts): Violation[] {
  const say = violationsOf(4);
  say.unless(
    gate.totals.sold === confirmedUnits,
    () => `gate says ${gate.totals.sold} sold, the ledger ${confirmedUnits}`,
  );
  const left = sale.totalItems - confirmedUnits;
  say.unless(gate.totals.available === left, () => `gate has ${gate.totals.available} left, the ledger ${left}`);
  for (const item of items) {
    const inGate = gate.stock.get(item.itemId) ?? Number.NaN;
    say.unless(
      inGate === leftOf(item),
      () => `item ${item.itemId} has ${inGate} left in the gate, ${leftOf(item)} in the ledger`,
    );
  }
  const bought = new Map(buyers.map((buyer) => [buyer.userId, buyer.confirmedUnits]));
  for (const userId of new Set([...bought.keys(), ...gate.buyers.keys()])) {
    const [inGate, inLedger] = [gate.buyers.get(userId) ?? 0, bought.get(userId) ?? 0];
    say.unless(inGate === inLedger, () => `buyer ${userId} has ${inGate} units in the gate, ${inLedger} in the ledger`);
  }
  return say.found;
}

function leftOf({ stock, confirmedUnits, heldUnits }: ItemFacts): number {
  return stock - confirmedUnits - heldUnits;
}

function attemptViolations({ confirmedWithoutAttempt: without }: LedgerFacts): Violation[] {
  const say = violationsOf(6);
  say.unless(without === null || without === 0, () => `${without} confirmed checkouts without an attempt`);
  return say.found;
}

function keyViolations({ keysUsedTwice }: LedgerFacts): Violation[] {
  const say = violationsOf(7);
  for (const { userId, key, checkouts } of keysUsedTwice)
    say.unless(false, () => `${userId} has ${checkouts} checkouts for key ${key}`);
  return say.found;
}

function windowViolations(ledger: LedgerFacts, gate: GateFacts | null): Violation[] {
  const say = violationsOf(10);
  const { sale } = ledger;
  say.unless(sale.openEpoch <= sale.epoch, () => `open epoch ${sale.openEpoch} is ahead of epoch ${sale.epoch}`);
  say.unless(
    gate === null || gate.epoch <= sale.epoch,
    () => `gate epoch ${gate?.epoch} is ahead of the ledger's ${sale.epoch}`,
  );
  say.unless(ledger.confirmedOutsideWindow === 0, () => `${ledger.confirmedOutsideWindow} sold outside the window`);
  say.unless(ledger.confirmedAfterClose === 0, () => `${ledger.confirmedAfterClose} confirmed after the close`);
  if (isHourly(sale.id)) {
    const { closesAtMs } = hourlySale(sale.opensAtMs);
    const onTheHour = hourlySaleId(sale.opensAtMs) === sale.id && sale.closesAtMs === closesAtMs;
    say.unless(onTheHour, () => `hourly sale ${sale.id} has another hour's window`);
    say.unless(ledger.hourlySalesInWindow === 1, () => `${ledger.hourlySalesInWindow} hourly sales in one hour`);
  }
  return say.found;
}

function violationsOf(invariant: Violation["invariant"]) {
  const found: Violation[] = [];
  const unless = (holds: boolean, message: () => string) => {
    if (!holds) found.push({ invariant, message: message() });
  };
  return { found, unless };
}
