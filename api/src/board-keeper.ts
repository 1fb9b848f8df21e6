import type { GateReader, Sale, SaleBoard, SaleEvent, SaleLedger, SaleState } from "@flashgate/core";

export interface BoardParts {
  readonly board: SaleBoard;
  readonly ledger: SaleLedger;
  readonly gate: GateReader;
}

/** Sales shown: every one that is not sealed, within reason, and the last few that are. */
const UNSEALED_MAX = 100;
const SEALED_MAX = 4;
const UNSEALED: readonly SaleState[] = ["scheduled", "recovering", "open"];
/** Every so many resyncs the units left are read item by item; between, the events tell of what was settled. */
const STOCK_ROUNDS = 5;

/** How much of a sale is read: its totals, the units left of each item as well, or the items themselves too. */
type Depth = "totals" | "stock" | "whole";

/**
 * Keeps the sale board true: loads every sale worth showing, follows the events, and reads the counters again now and
 * then, since events are at most once. Reads by shoppers never come here.
 */
export class BoardKeeper {
  readonly #parts: BoardParts;
  #resyncing: Promise<void> | undefined;
  #rounds = 0;

  constructor(parts: BoardParts) {
    this.#parts = parts;
  }

  /** Follows one event. A gate that opened means a sale this process may not know yet. */
  async follow(event: SaleEvent): Promise<void> {
    this.#parts.board.apply(event);
    if (event.kind !== "opened") return;
    const sale = await this.#parts.ledger.find(event.saleId);
    if (sale) await this.#show(sale, "stock");
  }

  /** Brings every sale up to date. `missed`: events were lost, so nothing on the board is taken on trust. */
  async resync({ missed }: { readonly missed: boolean }): Promise<void> {
    const underWay = this.#resyncing;
    if (underWay && !missed) return underWay;
    const next = Promise.resolve(underWay)
      .catch(() => undefined)
      .then(() => this.#resync(missed));
    this.#resyncing = next;
    await next.finally(() => {
      if (this.#resyncing === next) this.#resyncing = undefined;
    });
  }

  async #resync(missed: boolean): Promise<void> {
    const { ledger } = this.#parts;
    const unsealed = await ledger.list({ states: UNSEALED, limit: UNSEALED_MAX });
    const sales = [...unsealed, ...(await ledger.list({ states: ["closed"], limit: SEALED_MAX }))];
    this.#rounds += 1;
    const depth = missed ? "whole" : this.#rounds % STOCK_ROUNDS === 0 ? "stock" : "totals";
    for (const sale of sales) await this.#show(sale, depth);
    this.#parts.board.retain(new Set(sales.map((sale) => sale.id)));
  }

  async #show(sale: Sale, depth: Depth): Promise<void> {
    const { board, ledger } = this.#parts;
    const shown = board.view(sale.id);
    const whole = depth === "whole" || !shown;
    if (!whole && sale.state === "closed" && shown.sale.state === "closed") return;
    const inGate = sale.state === "open" ? await this.#readGate(sale.id, whole ? "stock" : depth) : null;
    const left = sale.totalItems - sale.itemsSold - sale.itemsHeld;
    const totals = inGate?.totals ?? { available: left, held: sale.itemsHeld, sold: sale.itemsSold };
    const entry = { sale, totals, stock: inGate?.stock ?? null };
    if (whole) board.load({ ...entry, items: await ledger.items(sale.id) });
    else board.refresh(entry);
  }

  /** Null while Redis is away: the ledger's numbers serve. */
  async #readGate(saleId: string, depth: Depth) {
    const { gate } = this.#parts;
    try {
      const [totals, stock] = await Promise.all([gate.totals(saleId), depth === "totals" ? null : gate.stock(saleId)]);
      return totals && { totals: totals.totals, stock };
    } catch {
      return null;
    }
  }
}
