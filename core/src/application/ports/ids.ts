/** Makes identifiers. */
export interface Ids {
  /** A random UUIDv7: time-ordered, so that new rows land on the right edge of their index. */
  checkoutId(): string;
  /** Id of a sale that is not hourly: `x-<uuid>`. */
  saleId(): string;
}
