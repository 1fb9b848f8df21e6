import {
  type GateReader,
  type GateTotals,
  ledgerTotals,
  type Sale,
  type SaleBoard,
  type SaleEvent,
  type SaleLedger,
  UNSEALED_STATES,
} from "@flashgate/core";

export interface BoardParts {
  readonly board: SaleBoard;
  readonly ledger: SaleLedger;
  readonly gate: GateReader;
}

/** Sales shown: every one that is not sealed, within reason, and the last few that are. */
const UNSEALED_MAX = 200;
const SEALED_MAX = 4;
/** Every so many resyncs the items of open sales are read again; between, the events tell of what was settled. */
const ITEM_ROUNDS = 5;

/**
 * Keeps the sale board true: loads every sale worth showing, follows the events, and reads the counters again now and
 * then, since events are at most once. Reads by shoppers never come here.
 */
export class BoardKeeper {
  readonly #parts: BoardParts;
  /** Everything that loads goes one after the other: no older answer overwrites a newer one. */
  #loading: Promise<void> = Promise.resolve();
  #resyncs = 0;

  constructor(parts: BoardParts) {
    this.#parts = parts;
  }

  /** Follows one event. A gate that opened means a sale this process may not know yet. */
  async follow(event: SaleEvent): Promise<void> {
    this.#parts.board.apply(event);
    if (event.kind === "opened") await this.learn(event.saleId);
  }

  /** Puts a sale on the board, or brings all of it up to date. */
  learn(saleId: string): Promise<void> {
    return this.#next(() => this.#load(saleId));
  }

  /** Brings every sale up to date. `missed`: events were lost, so no item on the board is taken on trust. */
  resync({ missed }: { readonly missed: boolean }): Promise<void> {
    return this.#next(() => this.#resync(missed));
  }

  /** Runs after what is under way; its failure is its caller's alone. */
  #next(load: () => Promise<void>): Promise<void> {
    const loaded = this.#loading.then(load);
    this.#loading = loaded.catch(() => undefined);
    return loaded;
  }

  async #resync(missed: boolean): Promise<void> {
    const { board, ledger } = this.#parts;
    this.#resyncs += 1;
    const items = missed || this.#resyncs % ITEM_ROUNDS === 0;
    const unsealed = await ledger.list({ states: UNSEALED_STATES, limit: UNSEALED_MAX });
    const sales = [...unsealed, ...(await ledger.list({ states: ["closed"], limit: SEALED_MAX }))];
    for (const sale of sales) await this.#show(sale, items && sale.state === "open");
    board.retain(new Set(sales.map((sale) => sale.id)));
  }

  async #load(saleId: string): Promise<void> {
    const sale = await this.#parts.ledger.find(saleId);
    if (sale) await this.#show(sale, true);
  }

  /** `items`: the items are read even if they are on the board. */
  async #show(sale: Sale, items: boolean): Promise<void> {
    const { board, ledger, gate } = this.#parts;
    const open = sale.state === "open";
    const before = board.view(sale.id)?.version;
    // The ledger's numbers serve where there is no gate, and while Redis is away.
    const inGate = open ? await gate.totals(sale.id).catch(() => null) : null;
    const read = inGate?.totals ?? ledgerTotals(sale);
    if (board.view(sale.id) && !items) return board.refresh({ sale, totals: this.#fresher(sale, read, before) });
    const stock = open ? await gate.stock(sale.id).catch(() => null) : null;
    const rows = await ledger.items(sale.id);
    board.load({ sale, totals: this.#fresher(sale, read, before), stock, items: rows });
  }

  /** What was read, unless the board has heard of this opening since it was at version `before`: that is the younger. */
  #fresher(sale: Sale, read: GateTotals, before: number | undefined): GateTotals {
    const view = this.#parts.board.view(sale.id);
    const hasHeard = view && view.version !== before && view.sale.openEpoch === sale.openEpoch;
    return hasHeard ? view.totals : read;
  }
}
