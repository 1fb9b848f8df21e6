import type { Hold, Ledger, SalePlan, Tomb, TombGuard } from "@flashgate/core";
import { audit } from "@flashgate/core";

/** One transaction that somebody wants of a sale, as plain data: it can be asked of any ledger, any number of times. */
export type Move =
  | { readonly act: "settleAll"; readonly epoch: number; readonly holds: readonly Hold[] }
  | { readonly act: "settleOne"; readonly epoch: number; readonly hold: Hold }
  | { readonly act: "entomb"; readonly tombs: readonly Tomb[]; readonly guard: TombGuard }
  | { readonly act: "beginRecovery"; readonly seenEpoch: number }
  | { readonly act: "adopt"; readonly epoch: number; readonly survivors: readonly Hold[] }
  | { readonly act: "close" };

/** Units by item of a sale for these moves: two that can be had once, and one for many. */
export const STOCK: Readonly<Record<string, number>> = { a: 1, b: 1, c: 5 };

export async function schedule(ledger: Ledger, plan: SalePlan): Promise<void> {
  const catalogue = Object.entries(STOCK).map(([id, stock]) => {
    return { id, name: id, imageUrl: `/${id}.svg`, priceMinor: 1, stock };
  });
  if ((await ledger.schedule(plan, catalogue)) !== "scheduled") throw new Error(`sale ${plan.id} is there already`);
}

/** What the ledger answers, without the moments: two ledgers never judge at the same one. */
export async function perform(ledger: Ledger, saleId: string, move: Move): Promise<unknown> {
  return comparable(await ask(ledger, saleId, move));
}

function ask(ledger: Ledger, saleId: string, move: Move): Promise<unknown> {
  switch (move.act) {
    case "settleAll":
      return ledger.settleAll(saleId, move.epoch, move.holds);
    case "settleOne":
      return ledger.settleOne(saleId, move.epoch, move.hold);
    case "entomb":
      return ledger.entomb(saleId, move.tombs, move.guard);
    case "beginRecovery":
      return ledger.beginRecovery(saleId, move.seenEpoch);
    case "adopt":
      return ledger.adopt(saleId, move.epoch, move.survivors);
    case "close":
      return ledger.close(saleId);
  }
}

/** All that stands in a sale's books, in the same words. */
export async function booksOf(ledger: Ledger, saleId: string, checkoutIds: readonly string[]): Promise<unknown> {
  const facts = await ledger.facts(saleId);
  const records = await ledger.records(saleId, checkoutIds);
  if (!facts) throw new Error(`no books of sale ${saleId}`);
  const { firstReservedAtMs: _first, lastConfirmedAtMs: _last, closedAtMs, buyers, ...counted } = facts;
  const confirmed = buyers.filter(({ units, confirmedUnits }) => units > 0 || confirmedUnits > 0);
  return comparable({ ...counted, buyers: confirmed, closed: closedAtMs !== null, records });
}

/** The broken promises that can be told from the ledger alone. */
export async function violationsOf(ledger: Ledger, saleId: string): Promise<readonly unknown[]> {
  const facts = await ledger.facts(saleId);
  return facts ? audit(facts, null, true).violations : ["no such sale"];
}

/** Lists in one order, maps as lists, no moments. */
export function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(comparable).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => name !== "decidedAtMs");
  return Object.fromEntries(fields.map(([name, field]) => [name, comparable(field)]).sort());
}

let serial = 0;

/** A checkout id that no other one has; later ones sort after earlier ones. */
export function freshCheckoutId(): string {
  return `01900000-0000-7000-8000-${String(++serial).padStart(12, "0")}`;
}

export function tombOf(hold: Hold, epoch: number, verdict: Tomb["verdict"]): Tomb {
  const { sinceMs, mode: _mode, ...rest } = hold;
  return { ...rest, epoch, reservedAtMs: sinceMs, verdict };
}
