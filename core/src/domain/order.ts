/** What a shopper bought: a confirmed checkout, under the checkout's id. */
export interface Order {
  readonly orderId: string;
  readonly saleId: string;
  /** By item id. */
  readonly lines: readonly OrderLine[];
  readonly reservedAtMs: number;
  readonly confirmedAtMs: number;
}

/** One item of an order. `priceMinor` is of one unit, in the currency's minor unit. */
export interface OrderLine {
  readonly itemId: string;
  readonly name: string;
  readonly quantity: number;
  readonly priceMinor: number;
}

/** Shape of every order id. */
export const ORDER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What an order costs in all, in the currency's minor unit. */
export function totalMinorOf(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, { quantity, priceMinor }) => sum + quantity * priceMinor, 0);
}
