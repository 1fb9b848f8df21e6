/** Whoever holds a checkout of a sale knows the sale: not to find it is a bug, or somebody dropped it. */
export function unknownSale(saleId: string): Error {
  return new Error(`unknown sale "${saleId}"`);
}
