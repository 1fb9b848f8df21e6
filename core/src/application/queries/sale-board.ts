import type { Item } from "../../domain/item.ts";
import type { Line } from "../../domain/lines.ts";
import type { GateTotals } from "../../domain/outcomes.ts";
import { currentSale, nextSale, type Sale } from "../../domain/sale.ts";
import type { SaleEvent } from "../ports/sale-feed.ts";

/**
 * An item as shoppers see it, for who reads it at once: its counts move on. Units; what is neither available nor sold is
 * held by somebody.
 */
export interface BoardItem extends Item {
  readonly available: number;
}

/** A sale as shoppers see it: the ledger's facts with the gate's latest counts. */
export interface SaleView {
  readonly sale: Sale;
  readonly totals: GateTotals;
  /** Grows with every change: the sale's version for ETag. */
  readonly version: number;
}

export interface ItemsQuery {
  readonly limit: number;
  readonly startingAfter?: string;
  readonly startingAt?: number;
  /** Only those of which there is something left. */
  readonly available: boolean;
}

export interface ItemsPage {
  readonly items: readonly BoardItem[];
  readonly hasMore: boolean;
}

/** One sale's row of the board, as loaded. */
export interface BoardEntry {
  readonly sale: Sale;
  readonly totals: GateTotals;
  readonly items: readonly Item[];
  /** Units left by item; null where the sale has no gate. */
  readonly stock: ReadonlyMap<string, number> | null;
}

/** Every page and every checkout moves counts: new items for them would all outlive the garbage collector's quick rounds. */
type Shown = BoardItem & { available: number; sold: number };

interface Row {
  sale: Sale;
  totals: GateTotals;
  version: number;
  readonly items: readonly Shown[];
  readonly positions: Map<string, number>;
}

/**
 * The read model behind sale and item reads: every sale worth showing, in memory, loaded whole and kept fresh by the
 * events of settled pages and by what this process's own reservations tell. Reads never query anything.
 */
export class SaleBoard {
  readonly #rows = new Map<string, Row>();
  #version = 0;

  /** Puts a sale on the board, or replaces what it says of it; what has not changed is not kept twice. */
  load(entry: BoardEntry): void {
    const shown = this.#rows.get(entry.sale.id);
    const items = entry.items.map((item, index) => {
      const available = entry.stock?.get(item.id) ?? item.stock - item.sold - item.held;
      const known = shown?.items[index];
      return known && known.available === available && alike(known, item)
        ? known
        : boardItem(item, available, item.sold);
    });
    const isInPlace =
      shown?.items.length === items.length && items.every(({ id }, index) => id === shown.items[index]?.id);
    const positions = isInPlace ? shown.positions : new Map(items.map((item, index) => [item.id, index]));
    this.#rows.set(entry.sale.id, {
      sale: entry.sale,
      totals: entry.totals,
      version: ++this.#version,
      items,
      positions,
    });
  }

  /** Brings a sale's state and totals up to date; a sale that is not on the board is left off. */
  refresh({ sale, totals }: Pick<BoardEntry, "sale" | "totals">): void {
    const row = this.#rows.get(sale.id);
    if (!row || (same(row.sale, sale) && same(row.totals, totals))) return;
    row.sale = sale;
    row.totals = totals;
    row.version = ++this.#version;
  }

  /** Takes sales off the board that `keep` does not name. */
  retain(keep: ReadonlySet<string>): void {
    for (const saleId of this.#rows.keys()) if (!keep.has(saleId)) this.#rows.delete(saleId);
  }

  /** Applies a settled page. Events of sales that are not on the board, and of openings that are over, are dropped. */
  apply(event: SaleEvent): void {
    const row = this.#rows.get(event.saleId);
    if (!row || event.kind !== "settled" || event.epoch !== row.sale.openEpoch) return;
    if (event.totals) row.totals = event.totals;
    for (const [itemId, available] of event.stock) {
      const item = shownOf(row, itemId);
      if (!item) continue;
      item.available = available;
      item.sold += event.soldUnits.get(itemId) ?? 0;
    }
    row.version = ++this.#version;
  }

  /** What a reservation of this process took, and what the gate counted after it: fresher than the last settled page. */
  take(saleId: string, lines: readonly Line[], totals: GateTotals): void {
    const row = this.#rows.get(saleId);
    if (!row) return;
    for (const { itemId, quantity } of lines) {
      const item = shownOf(row, itemId);
      if (item) item.available = Math.max(0, item.available - quantity);
    }
    row.totals = totals;
    row.version = ++this.#version;
  }

  view(saleId: string): SaleView | null {
    const row = this.#rows.get(saleId);
    return row ? { sale: row.sale, totals: row.totals, version: row.version } : null;
  }

  /** The sale that `current` means at `nowMs`. Null where nothing is on the board. */
  current(nowMs: number): SaleView | null {
    const found = currentSale(this.#sales(), nowMs);
    return found && this.view(found.id);
  }

  /** When the next sale opens; null where none is prepared. */
  nextOpensAtMs(nowMs: number): number | null {
    return nextSale(this.#sales(), nowMs)?.opensAtMs ?? null;
  }

  /**
   * Items by position: after the item `startingAfter`, or from position `startingAt` (from 1). Null: unknown sale, or
   * `startingAfter` names no item of it.
   */
  items(saleId: string, query: ItemsQuery): ItemsPage | null {
    const row = this.#rows.get(saleId);
    if (!row) return null;
    const { startingAfter, startingAt = 1 } = query;
    const after = startingAfter === undefined ? startingAt - 2 : row.positions.get(startingAfter);
    if (after === undefined) return null;
    const found: BoardItem[] = [];
    for (let index = after + 1; index < row.items.length && found.length <= query.limit; index += 1) {
      const item = row.items[index];
      if (item && (!query.available || item.available > 0)) found.push(item);
    }
    return { items: found.slice(0, query.limit), hasMore: found.length > query.limit };
  }

  /** Whether there is something left of each item, in order of position. Null: unknown sale. */
  availability(saleId: string): readonly boolean[] | null {
    return this.#rows.get(saleId)?.items.map(({ available }) => available > 0) ?? null;
  }

  /** One item of a sale. Null where sale or item is not on the board. */
  item(saleId: string, itemId: string): BoardItem | null {
    const row = this.#rows.get(saleId);
    return (row && shownOf(row, itemId)) ?? null;
  }

  #sales(): Sale[] {
    return [...this.#rows.values()].map((row) => row.sale);
  }
}

function shownOf(row: Row, itemId: string): Shown | undefined {
  return row.items[row.positions.get(itemId) ?? -1];
}

/** Field by field: of a spread with a field more V8 gives each of tens of thousands of items a hidden class of its own, 400 bytes. */
function boardItem(item: Item, available: number, sold: number): Shown {
  const { saleId, id, position, name, imageUrl, priceMinor, stock, held } = item;
  return { saleId, id, position, name, imageUrl, priceMinor, stock, held, sold, available };
}

/** Whether an item is as it was; the catalogue's part never changes but for an item of another name. */
function alike(known: Item, item: Item): boolean {
  return known.id === item.id && known.stock === item.stock && known.sold === item.sold && known.held === item.held;
}

/** Whether two flat records say the same. */
function same<Row extends object>(a: Row, b: Row): boolean {
  return Object.entries(a).every(([name, value]) => Reflect.get(b, name) === value);
}
