/** What somebody who watches a sale reads of its ledger. Outages throw. */
export interface ProgressLedger {
  /**
   * How far a sale's checkouts are. It walks all of them, so it is for one reader now and then. Of an unknown sale:
   * none.
   */
  progress(saleId: string): Promise<SaleProgress>;
  /** What was confirmed in each of the last 300 seconds in which something was, the oldest first; as costly. */
  history(saleId: string): Promise<readonly ConfirmedSecond[]>;
  /** How many processes of each service the ledger's server knows by their connections to this database. */
  processes(): Promise<Readonly<Record<string, number>>>;
}

/** A second of a sale by the ledger's clock; its lags are from hold to verdict. */
export interface ConfirmedSecond {
  readonly atMs: number;
  readonly units: number;
  readonly lagMs: { readonly p50: number; readonly p99: number };
}

export interface SaleProgress {
  /** Checkouts by state (`rejected:<reason>` for the rejected). */
  readonly checkouts: Readonly<Record<string, number>>;
  /** From hold to verdict, of those confirmed within the last ten seconds by the ledger's clock; null where none was. */
  readonly lagMs: { readonly p50: number; readonly p99: number } | null;
}
