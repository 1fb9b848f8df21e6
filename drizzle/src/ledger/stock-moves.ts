import { type Counters, type Line, unitsOf } from "@flashgate/core";
import type { Statements } from "./statements.ts";

/** What a transaction takes and gives back, gathered item by item and then applied at once. Units throughout. */
export class StockMoves {
  readonly #items = new Map<string, { sold: number; held: number }>();
  #sold = 0;
  #held = 0;

  /** Units held in all, fewer than none when more is given back. */
  get held(): number {
    return this.#held;
  }

  sell(lines: readonly Line[]): void {
    this.#sold += unitsOf(lines);
    for (const { itemId, quantity } of lines) this.#item(itemId).sold += quantity;
  }

  hold(lines: readonly Line[]): void {
    this.#held += unitsOf(lines);
    for (const { itemId, quantity } of lines) this.#item(itemId).held += quantity;
  }

  release(lines: readonly Line[]): void {
    this.#held -= unitsOf(lines);
    for (const { itemId, quantity } of lines) this.#item(itemId).held -= quantity;
  }

  /** Moves the items' counters; false when an item is unknown or has not the room, and then the caller rolls back. */
  async applyToItems(run: Statements, saleId: string): Promise<boolean> {
    if (this.#items.size === 0) return true;
    const moves = [...this.#items];
    const { rowCount } = await run.moveItems.execute({
      saleId,
      itemIds: moves.map(([itemId]) => itemId),
      sold: moves.map(([, move]) => move.sold),
      held: moves.map(([, move]) => move.held),
    });
    return rowCount === moves.length;
  }

  /** Moves an open sale's counters; false when it is not open under this epoch or has not the room: roll back. */
  async applyToSale(run: Statements, saleId: string, epoch: number): Promise<boolean> {
    if (this.#items.size === 0) return true;
    const { rowCount } = await run.moveSale.execute({ saleId, epoch, sold: this.#sold, held: this.#held });
    return rowCount === 1;
  }

  #item(itemId: string): { sold: number; held: number } {
    let move = this.#items.get(itemId);
    if (!move) {
      move = { sold: 0, held: 0 };
      this.#items.set(itemId, move);
    }
    return move;
  }
}

/** Locks items, by id; unknown ones are left out. */
export async function lockItems(
  run: Statements,
  saleId: string,
  itemIds: readonly string[],
): Promise<Map<string, Counters>> {
  const items = await run.lockItems.execute({ saleId, itemIds });
  return new Map(items.map(({ itemId, ...counters }) => [itemId, counters]));
}
