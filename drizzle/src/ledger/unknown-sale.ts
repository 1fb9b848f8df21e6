/** Whoever holds a checkout of a sale knows the sale: not to find it is a bug, or somebody dropped it. */
export class UnknownSale extends Error {
  override readonly name = "UnknownSale";
}

export function unknownSale(saleId: string): UnknownSale {
  return new UnknownSale(`unknown sale "${saleId}"`);
}
