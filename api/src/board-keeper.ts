import type { GateReader, Sale, SaleBoard, SaleEvent, SaleLedger } from "@flashgate/core";

export interface BoardParts {
  readonly board: SaleBoard;
  readonly ledger: SaleLedger;
  readonly gate: GateReader;
}

/** Sales shown: the newest by window, whatever their state. */
const SALES_MAX = 12;

/**
 * Keeps the sale board true: loads every sale worth showing, follows the events, and reads the counters again now and
 * then, since events are at most once. Reads by shoppers never come here.
 */
export class BoardKeeper {
  readonly #parts: BoardParts;
  #resyncing: Promise<void> | undefined;

  constructor(parts: BoardParts) {
    this.#parts = parts;
  }

  /** Follows one event. A gate that opened means a sale this process may not know yet. */
  async follow(event: SaleEvent): Promise<void> {
    this.#parts.board.apply(event);
    if (event.kind !== "opened") return;
    const sale = await this.#parts.ledger.find(event.saleId);
    if (sale) await this.#show(sale, false);
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
    const sales = await this.#parts.ledger.list({ limit: SALES_MAX });
    for (const sale of sales) await this.#show(sale, missed);
    this.#parts.board.retain(new Set(sales.map((sale) => sale.id)));
  }

  async #show(sale: Sale, whole: boolean): Promise<void> {
    const { board, ledger, gate } = this.#parts;
    if (!whole && sale.state === "closed" && board.view(sale.id)?.sale.state === "closed") return;
    const [inGate, stock] = sale.state === "closed" ? [null, null] : await this.#readGate(gate, sale);
    const left = sale.totalItems - sale.itemsSold - sale.itemsHeld;
    const totals = inGate?.totals ?? { available: left, held: sale.itemsHeld, sold: sale.itemsSold };
    const entry = { sale, totals, stock };
    if (whole || !board.refresh(entry)) board.load({ ...entry, items: await ledger.items(sale.id) });
  }

  /** The ledger's numbers serve while Redis is away. */
  async #readGate(gate: GateReader, sale: Sale) {
    const reads = Promise.all([gate.totals(sale.id), gate.stock(sale.id)] as const);
    return reads.catch(() => [null, null] as const);
  }
}
