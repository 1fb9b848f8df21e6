import { audit, oversoldUnits, type Violation } from "../../domain/audit.ts";
import type { GateTotals } from "../../domain/outcomes.ts";
import type { BooksReading, GatesReading } from "../../domain/readings.ts";
import { hourlySaleId, hourOf, ledgerTotals, type Sale } from "../../domain/sale.ts";
import type { GateReader, Opening } from "../ports/gate.ts";
import { type AuditParts, readBooks } from "./audit-sale.ts";

export interface GatesParts {
  readonly gate: Pick<GateReader, "totals">;
  readonly opening: Pick<Opening, "isOpen">;
}

/** Reads gates. Never rejects: that they are away is what is read then. */
export async function readGates({ gate, opening }: GatesParts, sales: readonly Sale[]): Promise<GatesReading> {
  const isOpen = (sale: Sale) =>
    sale.state === "open" ? opening.isOpen(sale.id, sale.openEpoch).catch(() => false) : false;
  const open = await Promise.all(sales.map(isOpen));
  const known = await Promise.all(sales.map(({ id }) => gate.totals(id))).catch(() => null);
  const totals = known && sum(sales.map((sale, index) => known[index]?.totals ?? ledgerTotals(sale)));
  return { open: open.every(Boolean), epoch: Math.max(0, ...sales.map(({ openEpoch }) => openEpoch)), totals };
}

function sum(all: readonly GateTotals[]): GateTotals {
  const of = (read: (totals: GateTotals) => number) => all.reduce((total, each) => total + read(each), 0);
  return { available: of((each) => each.available), held: of((each) => each.held), sold: of((each) => each.sold) };
}

/**
 * How late this hour's sale is in opening, milliseconds: 0 once its gate was opened. Counted from `sinceMs` where the
 * hour began before: nobody could be late who was not there.
 */
export function rotationDelayMs(sales: readonly Sale[], nowMs: number, sinceMs: number): number {
  const hourMs = hourOf(nowMs);
  const sale = sales.find(({ id }) => id === hourlySaleId(hourMs));
  return sale && sale.openEpoch > 0 ? 0 : nowMs - Math.max(hourMs, sinceMs);
}

/** What tells of two books that drifted apart; the other invariants tell of what was sold to whom, and when. */
const DRIFTS: ReadonlySet<Violation["invariant"]> = new Set([1, 3, 4]);

/** Reads the books of sales, one after the other and each once: in a rush they do not stand still. Outages throw. */
export async function observeBooks(parts: AuditParts, sales: readonly Sale[]): Promise<BooksReading> {
  const found = { oversoldUnits: 0, drifts: 0, oldestHoldMs: Number.POSITIVE_INFINITY };
  for (const { id } of sales) {
    const books = await readBooks(parts, id, 1);
    if (!books) continue;
    const { violations } = audit(books.ledger, books.gate, books.still);
    found.oversoldUnits += oversoldUnits(books.ledger);
    found.drifts += violations.filter(({ invariant }) => DRIFTS.has(invariant)).length;
    for (const { sinceMs } of books.gate?.holds ?? []) found.oldestHoldMs = Math.min(found.oldestHoldMs, sinceMs);
  }
  return { ...found, oldestHoldMs: Number.isFinite(found.oldestHoldMs) ? found.oldestHoldMs : null };
}
