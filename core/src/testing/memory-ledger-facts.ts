import { keyOf } from "../domain/adoption.ts";
import { byCheckoutId } from "../domain/checkout.ts";
import type { GateSnapshot } from "../domain/gate-snapshot.ts";
import type { LedgerFacts } from "../domain/ledger-facts.ts";
import { unitsOf } from "../domain/lines.ts";
import { hourOf, isHourly, type Sale } from "../domain/sale.ts";
import type { MemoryLedgerSale, MemoryRow } from "./memory-ledger-sale.ts";

/** What the gate of a sale is to be opened with. */
export function snapshotOf({ sale, items, rows, buyers, heldRows }: MemoryLedgerSale): GateSnapshot {
  const { id, epoch, opensAtMs, closesAtMs, settleUntilMs, limitPerUser, paused, pauseVersion } = sale;
  const units = new Map(buyers);
  for (const { userId, lines } of heldRows) units.set(userId, (units.get(userId) ?? 0) + unitsOf(lines));
  return {
    sale: { id, epoch, opensAtMs, closesAtMs, settleUntilMs, limitPerUser, paused, pauseVersion },
    totals: {
      available: sale.totalItems - sale.itemsSold - sale.itemsHeld,
      held: sale.itemsHeld,
      sold: sale.itemsSold,
    },
    stock: [...items.values()].map((item) => [item.id, item.stock - item.sold - item.held]),
    buyers: [...units],
    holds: heldRows.map(({ checkoutId, userId, mode, lines, key, fingerprint, reservedAtMs, deadlineMs }) => {
      if (mode === null || reservedAtMs === null || deadlineMs === null) throw new Error(`${checkoutId} is torn`);
      return { checkoutId, userId, mode, lines, key, fingerprint, sinceMs: reservedAtMs, deadlineMs };
    }),
    keys: keysOf([...rows.values()]),
  };
}

function keysOf(rows: readonly MemoryRow[]): GateSnapshot["keys"] {
  const answering = rows.filter((row) => row.key !== "" && row.status.state !== "rejected").sort(byClaim);
  // Of those with the same name the last one stays.
  const byName = new Map(answering.map((row) => [keyOf(row), row]));
  return [...byName.values()].map(({ userId, key, fingerprint, checkoutId }) => {
    return { userId, key, fingerprint, checkoutId };
  });
}

/** Oldest first, and those that are held or confirmed after all others. */
function byClaim(a: MemoryRow, b: MemoryRow): number {
  return Number(takes(a)) - Number(takes(b)) || byCheckoutId(a, b);
}

function takes(row: MemoryRow): boolean {
  return row.status.state === "held" || row.status.state === "confirmed";
}

/** What the audit reads of a sale. `sales` are all there are. */
export function factsOf(book: MemoryLedgerSale, sales: readonly Sale[]): LedgerFacts {
  const { sale, closedAtMs } = book;
  const rows = [...book.rows.values()];
  const confirmed = rows.filter((row) => row.status.state === "confirmed");
  const buyers = new Set([...book.buyers.keys(), ...confirmed.map((row) => row.userId)]);
  const reserved = rows.flatMap((row) => row.reservedAtMs ?? []);
  const decided = confirmed.flatMap((row) => row.decidedAtMs ?? []);
  return {
    sale,
    closedAtMs,
    confirmedUnits: unitsIn(confirmed),
    heldUnits: unitsIn(book.heldRows),
    items: [...book.items.values()].map(({ id, stock, sold, held }) => ({
      itemId: id,
      stock,
      sold,
      held,
      confirmedUnits: unitsIn(confirmed, id),
      heldUnits: unitsIn(book.heldRows, id),
    })),
    buyers: [...buyers].map((userId) => ({
      userId,
      units: book.buyers.get(userId) ?? 0,
      confirmedUnits: unitsIn(confirmed.filter((row) => row.userId === userId)),
    })),
    keysUsedTwice: usedTwice(rows.filter((row) => row.key !== "" && takes(row))),
    confirmedWithoutAttempt:
      sale.attempts === "off" ? null : confirmed.filter((row) => !book.attempts.has(row.checkoutId)).length,
    confirmedOutsideWindow: confirmed.filter(({ reservedAtMs }) => {
      return reservedAtMs !== null && (reservedAtMs < sale.opensAtMs || reservedAtMs >= sale.closesAtMs);
    }).length,
    confirmedAfterClose: decided.filter((atMs) => closedAtMs !== null && atMs > closedAtMs).length,
    verdicts: countBy(rows, ({ status }) =>
      status.state === "rejected" ? `${status.state}:${status.reason}` : status.state,
    ),
    hourlySalesInWindow: sales.filter((other) => isHourly(other.id) && other.opensAtMs === hourOf(sale.opensAtMs))
      .length,
    firstReservedAtMs: reserved.length > 0 ? Math.min(...reserved) : null,
    lastConfirmedAtMs: decided.length > 0 ? Math.max(...decided) : null,
  };
}

function unitsIn(rows: readonly MemoryRow[], itemId?: string): number {
  const lines = rows.flatMap((row) => row.lines);
  return unitsOf(itemId === undefined ? lines : lines.filter((line) => line.itemId === itemId));
}

function usedTwice(rows: readonly MemoryRow[]): LedgerFacts["keysUsedTwice"] {
  const counts = countBy(rows, (row) => JSON.stringify([row.userId, row.key]));
  return Object.entries(counts).flatMap(([name, checkouts]) => {
    const [userId, key] = JSON.parse(name) as [string, string];
    return checkouts > 1 ? [{ userId, key, checkouts }] : [];
  });
}

function countBy(rows: readonly MemoryRow[], nameOf: (row: MemoryRow) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[nameOf(row)] = (counts[nameOf(row)] ?? 0) + 1;
  return counts;
}
