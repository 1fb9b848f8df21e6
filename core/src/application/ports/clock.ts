/** The process's own clock, Unix milliseconds. Admission goes by the gate's clock and expiry by the ledger's. */
export interface Clock {
  nowMs(): number;
}
