import type { Sale } from "../../domain/sale.ts";

/**
 * How sales leave the ledger, each as a whole. What is begun goes on wherever somebody died, and any number may be at it.
 * Each call is one short transaction. Outages throw.
 */
export interface RemovalLedger {
  /** The oldest of the sales that were sealed at least so long ago, by the ledger's own time; null where there is none. */
  oldestSealed(agoMs: number): Promise<Sale | null>;
  /**
   * Takes a sealed sale out of everything that is read, in one step: from then on it is unknown, and its id is taken all
   * the same. A shopper's orders of it go with its rows, each as a whole. False where it is not there or not sealed.
   */
  beginRemoval(saleId: string): Promise<boolean>;
  /**
   * Removes some rows of the sale that was begun first. One that was found empty is left alone for `restMs`, and is over
   * where it is found empty again: whoever had looked at it before it was begun has written by then. Null: nothing to do.
   */
  removeRows(terms: RemovalTerms): Promise<RemovalStep | null>;
}

export interface RemovalTerms {
  /** Rows of one step, at most. */
  readonly rowsMax: number;
  readonly restMs: number;
}

export interface RemovalStep {
  readonly saleId: string;
  readonly rows: number;
  /** Nothing of it is left. */
  readonly isOver: boolean;
}
