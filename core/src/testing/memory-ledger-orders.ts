import type { Order } from "../domain/order.ts";
import type { MemoryLedgerSale, MemoryRow } from "./memory-ledger-sale.ts";

/** A user's confirmed checkouts in all these sales, last reserved first. */
export function ordersOf(books: Iterable<MemoryLedgerSale>, userId: string): Order[] {
  const orders = [...books].flatMap((book) =>
    [...book.rows.values()].filter((row) => row.userId === userId).flatMap((row) => orderOf(book, row) ?? []),
  );
  return orders.sort((a, b) => (a.orderId < b.orderId ? 1 : -1));
}

function orderOf(book: MemoryLedgerSale, row: MemoryRow): Order | null {
  const { checkoutId: orderId, saleId, status, reservedAtMs, decidedAtMs } = row;
  if (status.state !== "confirmed" || reservedAtMs === null || decidedAtMs === null) return null;
  const lines = row.lines.flatMap(({ itemId, quantity }) => {
    const item = book.items.get(itemId);
    return item ? [{ itemId, name: item.name, quantity, priceMinor: item.priceMinor }] : [];
  });
  return { orderId, saleId, lines, reservedAtMs, confirmedAtMs: decidedAtMs };
}
