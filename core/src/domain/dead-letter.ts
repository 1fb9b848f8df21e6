/**
 * A checkout that cannot be judged because of a fault, which is neither an outage nor a refusal: it failed alone and keeps
 * its hold.
 *
 * ```
 *   failing ── the TRIES_MAX-th try fails ──▶ dead ⇄ retried ── judged, given up, cancelled, settle_until ──▶ has a verdict
 * ```
 */
export interface DeadLetter {
  readonly saleId: string;
  readonly checkoutId: string;
  readonly userId: string;
  /** The opening whose gate held it at its last try. */
  readonly epoch: number;
  /** Why its last try failed, as `causeOf` tells it. */
  readonly cause: string;
  readonly tries: number;
  readonly firstFailedAtMs: number;
  readonly lastFailedAtMs: number;
}

/**
 * Failed tries that make a dead letter: the page's, and the sweep's 2, 4, 8 and 16 s after the hold. A deployment or a
 * failover is over by then, and operators hear of it while the shopper still waits.
 */
export const TRIES_MAX = 5;
