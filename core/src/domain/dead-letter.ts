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
  /** Why its last try failed, as {@link causeOf} tells it. */
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

const CAUSE_CHARS_MAX = 300;
const CAUSES_MAX = 8;

/**
 * The reason at the bottom of an error, with its code, as one bounded line. What is wrapped around it quotes the statement
 * and its parameters, which are the shopper's; of such a statement alone they are cut off.
 */
export function causeOf(thrown: unknown): string {
  let bottom = thrown;
  for (let depth = 0; depth < CAUSES_MAX && bottom instanceof Error && bottom.cause instanceof Error; depth += 1) {
    bottom = bottom.cause;
  }
  return lineOf(bottom)
    .replace(/\nparams: .*$/s, "")
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, CAUSE_CHARS_MAX);
}

function lineOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { code } = thrown as { readonly code?: unknown };
  return `${typeof code === "string" ? code : thrown.name}: ${thrown.message}`;
}
