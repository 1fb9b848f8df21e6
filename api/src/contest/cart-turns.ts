import { LRUCache } from "lru-cache";

const USERS_MAX = 100_000;

/**
 * Remembers which of a user's carts was the last one seen, so that the ones before it are not asked for again. Only a
 * place to begin: the gate says which cart is open, and an api that remembers nothing finds the same one.
 */
export class CartTurns {
  readonly #turns = new LRUCache<string, number>({ max: USERS_MAX });

  of(saleId: string, userId: string): number {
    return this.#turns.get(`${saleId} ${userId}`) ?? 1;
  }

  note(saleId: string, userId: string, turn: number): void {
    // Nearly everybody has one cart only: nothing is kept of them.
    if (turn > 1) this.#turns.set(`${saleId} ${userId}`, turn);
  }
}
